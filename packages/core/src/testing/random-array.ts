import type { NdArray } from '../array/nd-array.js';
import { sizeOf } from '../array/nd-array.js';

/** A repeatable stream of uniform numbers in [0, 1) (mulberry32). */
export function uniformStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An array of standard normal numbers that the seed alone decides. */
export function randomArray(seed: number, shape: readonly number[]): NdArray {
  const uniform = uniformStream(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { shape: [...shape], data: Float64Array.from({ length: sizeOf(shape) }, normal) };
}
