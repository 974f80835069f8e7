import { type BackendAdapter, FuseInitError, requireKnownOptions } from '@fuseinit/core';
import { requireFraction, requireSeed } from '../calibration/held-out.js';
import type { FuseOptions } from './fuse-options.js';

const optionNames: Readonly<Record<keyof FuseOptions, true>> = {
  tf: true,
  spans: true,
  calibrationData: true,
  kernelSize: true,
  ridge: true,
  standardize: true,
  channelCoupling: true,
  plugins: true,
  propagate: true,
  refit: true,
  refitFrozen: true,
  statistics: true,
  heldOut: true,
  seed: true,
  samples: true,
  batchSize: true,
  backend: true,
  checkpoint: true,
  onProgress: true,
  signal: true,
};

/**
 * Rejects invalid options before any work is done.
 *
 * @throws ARGUMENT_INVALID with the option, its value and what was expected.
 */
export function requireOptions(options: FuseOptions): void {
  requireKnownOptions('fuse', options, optionNames);
  const {
    tf,
    backend,
    ridge,
    channelCoupling,
    propagate,
    refit,
    refitFrozen,
    samples,
    batchSize,
    heldOut,
    seed,
  } = options ?? {};
  if (typeof tf?.tidy !== 'function' || typeof tf?.model !== 'function') {
    throw invalid('tf', tf, 'your own TensorFlow.js, with layers (import * as tf from "@tensorflow/tfjs")');
  }
  if (backend !== undefined && !isAdapter(backend)) {
    throw invalid(
      'backend',
      backend,
      'a BackendAdapter of specVersion 1, such as createLinalgBackend(linalg)',
    );
  }
  if (ridge !== undefined && ridge !== 'auto' && !(Number.isFinite(ridge) && ridge >= 0)) {
    throw invalid('ridge', ridge, "a number from 0, or 'auto'");
  }
  for (const size of [options.kernelSize, ...(options.spans ?? []).map((span) => span?.kernelSize)]) {
    const sizes: readonly unknown[] = Array.isArray(size) ? size : [size ?? 1];
    if (!sizes.every((length) => Number.isInteger(length) && Number(length) > 0)) {
      throw invalid('kernelSize', size, 'a positive integer, or one for each axis');
    }
  }
  requireOneOf('channelCoupling', channelCoupling, ['full', 'independent']);
  requireOneOf('propagate', propagate, ['student', 'teacher']);
  const isNumberOfLayers = Number.isInteger(refit) && Number(refit) >= 0;
  const isNames = Array.isArray(refit) && refit.every((name) => typeof name === 'string');
  if (typeof refit === 'string' || refit === undefined) {
    requireOneOf('refit', refit, ['none', 'downstream']);
  } else if (!isNumberOfLayers && !isNames) {
    throw invalid('refit', refit, "'none', 'downstream', a number of layers or a list of their names");
  }
  if (refitFrozen !== undefined && typeof refitFrozen !== 'boolean') {
    throw invalid('refitFrozen', refitFrozen, 'true or false');
  }
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw invalid('batchSize', batchSize, 'a positive integer');
  }
  if (heldOut !== undefined) requireFraction(heldOut);
  if (seed !== undefined) requireSeed(seed);
  if (samples !== undefined && samples !== 'auto' && !(Number.isInteger(samples) && samples > 0)) {
    throw invalid('samples', samples, "a positive integer, or 'auto'");
  }
  if (samples === 'auto' && heldOut === 0) {
    throw invalid('heldOut', heldOut, "more than 0 for samples 'auto', which is told by held-out samples,");
  }
}

function isAdapter(backend: FuseOptions['backend']): boolean {
  return (
    backend?.specVersion === 1 &&
    typeof backend.patchMoments === 'function' &&
    typeof backend.read === 'function' &&
    (backend.linearAlgebra === undefined || isLinearAlgebra(backend.linearAlgebra))
  );
}

function isLinearAlgebra(given: BackendAdapter['linearAlgebra'] | null): boolean {
  return typeof given?.solvePositive === 'function' && typeof given.multiplyTransposed === 'function';
}

function requireOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  throw invalid(name, value, allowed.map((entry) => `'${entry}'`).join(' or '));
}

function invalid(name: string, value: unknown, expected: string): FuseInitError {
  const came = typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
  return new FuseInitError('ARGUMENT_INVALID', `${name} is ${came}: ${expected} was expected.`);
}
