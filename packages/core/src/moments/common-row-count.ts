import { rowCount } from '../array/matrix.js';
import type { FloatArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';

/** @throws SHAPE_MISMATCH when inputs and targets have different numbers of rows. */
export function commonRowCount(inputs: FloatArray, targets: FloatArray): number {
  const count = rowCount(inputs);
  if (rowCount(targets) === count) return count;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Inputs of shape [${inputs.shape}] have ${count} rows, targets of shape [${targets.shape}] have ${rowCount(targets)}.`,
  );
}
