import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';

/** The error of a law that doesn't hold. */
export function failed(reason: string, cause?: unknown): FuseInitError {
  return new FuseInitError('CHECK_FAILED', reason, cause === undefined ? {} : { cause });
}

/** Throws CHECK_FAILED with the reason unless `holds`. */
export function check(holds: boolean, reason: string): void {
  if (!holds) throw failed(reason);
}

/** The largest distance of two arrays, relative to the largest magnitude of the expected one. */
export function relativeDistance(actual: NdArray, expected: NdArray): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let distance = 0;
  let magnitude = 0;
  expected.data.forEach((value, index) => {
    distance = Math.max(distance, Math.abs(actual.data[index]! - value));
    magnitude = Math.max(magnitude, Math.abs(value));
  });
  return magnitude > 0 ? distance / magnitude : distance;
}
