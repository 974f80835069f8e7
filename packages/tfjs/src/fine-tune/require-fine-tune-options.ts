import { FuseInitError } from '@fuseinit/core';
import type { FineTuneOptions } from './fine-tune-options.js';

/**
 * Refuses options that make no sense before any work is done.
 *
 * @throws ARGUMENT_INVALID with the option, what came and what was expected.
 */
export function requireFineTuneOptions(options: FineTuneOptions): void {
  const { tf, epochs, batchSize, learningRate, warmUp, earlyStopping, seed, resume } = options ?? {};
  if (typeof tf?.tidy !== 'function' || typeof tf?.train?.adam !== 'function') {
    throw invalid('tf', tf, 'your own TensorFlow.js (import * as tf from "@tensorflow/tfjs")');
  }
  if (!(Number.isInteger(epochs) && epochs > 0)) throw invalid('epochs', epochs, 'a positive integer');
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw invalid('batchSize', batchSize, 'a positive integer');
  }
  for (const name of ['optimizer', 'onEpoch'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'function') throw invalid(name, value, 'a function');
  }
  if (resume !== undefined && resume?.specVersion !== 1) {
    throw new FuseInitError(
      'SPEC_VERSION_UNSUPPORTED',
      `resume is of specVersion ${JSON.stringify(resume?.specVersion)}: a state of version 1, as state() in onEpoch gives it, was expected.`,
    );
  }
  if (seed !== undefined && !Number.isInteger(seed)) throw invalid('seed', seed, 'an integer');
  if (learningRate !== undefined && typeof learningRate !== 'function') requireRate(learningRate);
  if (warmUp !== undefined && !(Number.isFinite(warmUp) && warmUp >= 0)) {
    throw invalid('warmUp', warmUp, 'a number of epochs from 0');
  }
  if (options.distillation && !options.teacher) {
    throw invalid('teacher', undefined, 'the model to distil from, since distillation came,');
  }
  if (!options.validationData) {
    for (const name of ['earlyStopping', 'restoreBestWeights'] as const) {
      if (options[name])
        throw invalid('validationData', undefined, `data to measure on, since ${name} came,`);
    }
  }
  if (earlyStopping && !(Number.isInteger(earlyStopping.patience) && earlyStopping.patience > 0)) {
    throw invalid('earlyStopping.patience', earlyStopping.patience, 'a positive integer');
  }
  if (earlyStopping?.minDelta !== undefined && !(earlyStopping.minDelta >= 0)) {
    throw invalid('earlyStopping.minDelta', earlyStopping.minDelta, 'a number from 0');
  }
}

/**
 * @throws ARGUMENT_INVALID for what is no rate.
 */
export function requireRate(rate: unknown): void {
  if (!(typeof rate === 'number' && Number.isFinite(rate) && rate >= 0)) {
    throw invalid('learningRate', rate, 'a number from 0, or a function of the epoch that gives one');
  }
}

function invalid(name: string, value: unknown, expected: string): FuseInitError {
  const came =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object' && value !== null
        ? 'an object'
        : String(value);
  return new FuseInitError('ARGUMENT_INVALID', `${name} is ${came}: ${expected} was expected.`);
}
