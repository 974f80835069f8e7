import { FuseInitError } from '@fuseinit/core';
import type { IndexedData } from './calibration-data.js';

/**
 * Returns the indices of the samples to use after checking them.
 *
 * @throws CALIBRATION_DATA_EMPTY if there are none.
 * @throws ARGUMENT_INVALID for a count that isn't a whole number below 2^32, or indices that are out of range
 *   or not ascending.
 */
export function indicesOf({ count, indices }: IndexedData): Uint32Array {
  if (!(Number.isInteger(count) && count >= 0 && count < 2 ** 32)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `count of the calibration data is ${count}: a whole number of samples, below ${2 ** 32}, was expected.`,
    );
  }
  const length = indices?.length ?? count;
  if (length === 0) {
    throw new FuseInitError(
      'CALIBRATION_DATA_EMPTY',
      'The calibration data hold no sample: give at least one.',
    );
  }
  if (!indices) return Uint32Array.from({ length }, (_, index) => index);
  for (let at = 0; at < length; at++) {
    const index = indices[at]!;
    if (Number.isInteger(index) && index > (indices[at - 1] ?? -1) && index < count) continue;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `indices of the calibration data hold ${index} at place ${at}: whole numbers from 0 to ${count - 1} were expected, each larger than the one before.`,
    );
  }
  return Uint32Array.from(indices);
}
