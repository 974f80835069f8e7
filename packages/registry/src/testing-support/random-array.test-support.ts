import { type NdArray, ndArray, sizeOf } from '@fuseinit/core';

/** An array of numbers in [-1, 1), repeatable by its seed and without any symmetry (mulberry32). */
export function randomArray(seed: number, shape: readonly number[]): NdArray {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return ndArray(shape, Float64Array.from({ length: sizeOf(shape) }, next));
}

/** The same in [0.1, 2.1): variances. */
export function randomPositive(seed: number, shape: readonly number[]): NdArray {
  const { data } = randomArray(seed, shape);
  return ndArray(
    shape,
    data.map((value) => value + 1.1),
  );
}
