import type { NdArray } from '../array/nd-array.js';
import { sizeOf } from '../array/nd-array.js';
import { uniformStream } from '../random/uniform-stream.js';

/** An array of standard normal numbers that the seed alone decides. */
export function randomArray(seed: number, shape: readonly number[]): NdArray {
  const uniform = uniformStream(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { shape: [...shape], data: Float64Array.from({ length: sizeOf(shape) }, normal) };
}
