import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { uniformStream } from '../random/uniform-stream.js';

/** The error for a check that failed. */
export function failed(reason: string, cause?: unknown): FuseInitError {
  return new FuseInitError('CHECK_FAILED', reason, cause === undefined ? {} : { cause });
}

/** Throws CHECK_FAILED with the reason unless `holds`. */
export function check(holds: boolean, reason: string): void {
  if (!holds) throw failed(reason);
}

/** The largest difference between two arrays, relative to the largest magnitude of the expected one. */
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

/** An array of standard normal numbers, determined by the seed. */
export function randomArray(seed: number, shape: readonly number[]): NdArray {
  const uniform = uniformStream(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { shape: [...shape], data: Float64Array.from({ length: sizeOf(shape) }, normal) };
}
