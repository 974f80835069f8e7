import { allFinite } from '../array/all-finite.js';
import { columnCount } from '../array/matrix.js';
import type { FloatArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { commonRowCount } from '../moments/common-row-count.js';
import type { CalibrationRows } from './calibration-rows.js';
import type { AffineMap } from './relative-mse.js';

/** @throws SAMPLES_TOO_FEW when there is no row to solve on. */
export function requireRows(count: number): void {
  if (count > 0) return;
  throw new FuseInitError('SAMPLES_TOO_FEW', 'There are no rows: gather at least one before solving.');
}

/**
 * @throws SHAPE_MISMATCH when the prior's kernel is not [patchSize, outFeatures].
 * @throws VALUE_NOT_FINITE when the prior holds NaN or Infinity.
 */
export function requirePrior(prior: AffineMap | undefined, patchSize: number, outFeatures: number): void {
  if (!prior) return;
  requireKernel(prior, patchSize, outFeatures);
  if (!allFinite(prior.kernel.data) || !allFinite(prior.bias.data)) {
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      'The prior holds NaN or Infinity: look at the weights it came from.',
    );
  }
}

/** @throws SHAPE_MISMATCH when the map's kernel is not [patchSize, outFeatures]. */
export function requireKernel({ kernel }: AffineMap, patchSize: number, outFeatures: number): void {
  if (kernel.shape.join() !== [patchSize, outFeatures].join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A kernel of shape [${kernel.shape}] came where [${patchSize}, ${outFeatures}] was expected.`,
    );
  }
}

/** @throws SHAPE_MISMATCH when what is held out has other sizes than what is solved on. */
export function requireSameSizes(
  heldOut: readonly [inputs: number, targets: number],
  solvedOn: readonly [inputs: number, targets: number],
): void {
  if (heldOut[0] === solvedOn[0] && heldOut[1] === solvedOn[1]) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `heldOut has ${heldOut[0]} inputs and ${heldOut[1]} targets, what is solved on has ${solvedOn[0]} and ${solvedOn[1]}.`,
  );
}

/**
 * @throws SHAPE_MISMATCH when held-out rows have other sizes than what is solved on, or differ in rows.
 * @throws VALUE_NOT_FINITE when they hold NaN or Infinity.
 */
export function requireHeldOutRows(
  { inputs, targets }: CalibrationRows,
  solvedOn: readonly [inputs: number, targets: number],
): void {
  requireSameSizes([columnCount(inputs), columnCount(targets)], solvedOn);
  commonRowCount(inputs, targets);
  requireFinite('heldOut', { inputs, targets });
}

/** @throws VALUE_NOT_FINITE when a part of `whole`, named by its key, holds NaN or Infinity. */
export function requireFinite(whole: string, parts: Readonly<Record<string, FloatArray>>): void {
  for (const [name, { data }] of Object.entries(parts)) {
    if (allFinite(data)) continue;
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `${name} of ${whole} holds NaN or Infinity: look at the data.`,
    );
  }
}

/** @throws ARGUMENT_INVALID for `'auto'` without held-out rows. */
export function requireHeldOut(count: number | undefined): void {
  if (count) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    "ridge 'auto' compares on rows that were not solved on: give such rows as heldOut, or a number as ridge.",
  );
}
