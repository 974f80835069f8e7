import type { Moments } from '@fuseinit/core';
import { describe, expect, it } from 'vitest';
import { everyEngine, onEngine } from '../testing-support/every-engine.test-support.js';
import {
  drawn,
  plainMoments,
  relativeError,
  thinned,
  worstCovariance,
} from '../testing-support/moments.test-support.js';

/** Rows, inputs, targets: one row, odd sizes, sizes on either side of a panel, a block and a chunk. */
const sizes = [
  [1, 1, 1],
  [7, 3, 2],
  [8, 8, 8],
  [255, 9, 1],
  [257, 17, 7],
  [300, 64, 65],
  [2049, 100, 3],
  [2500, 300, 1],
] as const;

/** Float32 products of at most 256 rows: a rounding of 6e-8 each, and sums of 256 of them. */
const tolerance = 2e-6;

function batches(rows: number, inputs: number, targets: number) {
  const x = drawn(rows * inputs, 7);
  const z = drawn(rows * targets, 9);
  // A mean a hundred times the deviation: float32 sums of squares would lose it.
  for (let at = 0; at < x.length; at += inputs) x[at]! += 30;
  return { x, z };
}

const zeroed = (rows: number, inputs: number, targets: number) => ({
  x: thinned(rows, inputs, 7),
  z: drawn(rows * targets, 9),
});

describe.each(everyEngine)('$instructions, $threads threads', (options) => {
  it.each([
    ['without zeros', batches],
    ['with zeros', zeroed],
  ] as const)('sums rows %s as float64 does', (_, batchesOf) =>
    onEngine(options, async (linalg) => {
      for (const [rows, inputs, targets] of sizes) {
        const { x, z } = batchesOf(rows, inputs, targets);
        const sums = await linalg.createSums({ channels: inputs, outFeatures: targets, geometry: null });
        // In two parts, the second not aligned to anything.
        const split = Math.floor(rows / 3);
        await sums.add(x.subarray(0, split * inputs), z.subarray(0, split * targets));
        await sums.add(x.subarray(split * inputs), z.subarray(split * targets));
        const moments = await sums.take();
        const expected = plainMoments(x, z, inputs, targets);
        expect(moments.count).toBe(rows);
        expect(relativeError(moments.inputMean.data, expected.inputMean.data)).toBeLessThan(1e-8);
        expect(worstCovariance(moments, expected), `${rows} rows of ${inputs}`).toBeLessThan(tolerance);
        sums.dispose();
      }
    }),
  );

  it('sums rows that look like none of the first', () =>
    onEngine(options, async (linalg) => {
      const [rows, inputs, targets] = [600, 40, 3];
      const { x, z } = zeroed(rows, inputs, targets);
      // What is taken off columns, and which are listed, is told by the first rows: all zeros here.
      x.fill(0, 0, 300 * inputs);
      const sums = await linalg.createSums({ channels: inputs, outFeatures: targets, geometry: null });
      await sums.add(x, z);
      expect(worstCovariance(await sums.take(), plainMoments(x, z, inputs, targets))).toBeLessThan(tolerance);
    }));

  it('begins anew after take, and has nothing of no rows', () =>
    onEngine(options, async (linalg) => {
      const sums = await linalg.createSums({ channels: 5, outFeatures: 2, geometry: null });
      const { x, z } = batches(20, 5, 2);
      await sums.add(x, z);
      const first = await sums.take();
      await sums.add(x, z);
      expect(await sums.take()).toEqual(first);
      const none = await sums.take();
      expect(none.count).toBe(0);
      expect(none.inputCovariance.data.every((value) => value === 0)).toBe(true);
    }));

  it('tells which side is not finite', () =>
    onEngine(options, async (linalg) => {
      for (const [side, at] of [
        ['input', 3],
        ['target', 1],
      ] as const) {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const sums = await linalg.createSums({ channels: 5, outFeatures: 2, geometry: null });
          const { x, z } = batches(20, 5, 2);
          (side === 'input' ? x : z)[at] = value;
          expect(await sums.add(x, z)).toBe(side);
          sums.dispose();
        }
      }
    }));
});

it.each([
  ['without zeros', batches],
  ['with zeros', zeroed],
] as const)(
  'gives the same to the bit with any number of threads, and without SIMD: %s',
  async (_, batchesOf) => {
    const { x, z } = batchesOf(2500, 130, 9);
    const seen: Moments[] = [];
    for (const options of everyEngine.filter(({ instructions }) => instructions !== 'relaxed-simd')) {
      await onEngine(options, async (linalg) => {
        const sums = await linalg.createSums({ channels: 130, outFeatures: 9, geometry: null });
        await sums.add(x, z);
        seen.push(await sums.take());
      });
    }
    expect(seen.length).toBe(6);
    for (const moments of seen) expect(moments).toEqual(seen[0]);
  },
);

it('refuses what does not fit', () =>
  onEngine({ threads: 1 }, async (linalg) => {
    await expect(linalg.createSums({ channels: 0, outFeatures: 1, geometry: null })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    const sums = await linalg.createSums({ channels: 3, outFeatures: 1, geometry: null });
    await expect(sums.add(new Float32Array(6), new Float32Array(3))).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(sums.add(new Float32Array(7), new Float32Array(2))).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(
      linalg.createSums({ channels: 60_000, outFeatures: 1, geometry: null }),
    ).rejects.toMatchObject({
      code: 'TENSOR_TOO_LARGE',
      message: expect.stringContaining('13.4 GiB'),
    });
  }));
