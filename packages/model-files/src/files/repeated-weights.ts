import { FuseInitError } from '@fuseinit/core';
import type { WeightFile } from './read-weight-file.js';

/**
 * The number of copies of a group's values in its files: one, or one for each weight, as TensorFlow.js before
 * 1.0 wrote weights that shared a buffer. Undefined when the number of bytes matches neither.
 */
export function copiesIn(found: number, expected: number, weights: number): number | undefined {
  if (found === expected) return 1;
  return expected > 0 && found === expected * weights ? weights : undefined;
}

/** Throws unless all bytes after the first `expected` ones repeat them. */
export function requireCopies(values: Uint8Array, expected: number, refuse: () => FuseInitError): void {
  // A sequence is periodic if it equals itself shifted by the period.
  if (Buffer.compare(values.subarray(expected), values.subarray(0, values.length - expected)) !== 0)
    throw refuse();
}

export function wrongBytes(folder: string, files: readonly WeightFile[], expected: number): FuseInitError {
  const found = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const each = files.map(({ name, bytes }) => `${name} has ${bytes}`).join(', ') || 'no file is named';
  return new FuseInitError(
    'MODEL_FILE_INVALID',
    `The weight files in ${folder} hold ${found} bytes where model.json's weights need ${expected} (${each}): one was cut off or isn't of this model. Copy or save the model again.`,
  );
}
