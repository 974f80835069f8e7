import type { Moments, PatchGeometry } from '@fuseinit/core';
import { describe, expect, it } from 'vitest';
import { everyEngine, onEngine } from '../testing-support/every-engine.test-support.js';
import {
  drawn,
  plainMoments,
  plainPatches,
  relativeError,
  thinned,
  worstCovariance,
} from '../testing-support/moments.test-support.js';

describe('row sums', () => {
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
        expect(worstCovariance(await sums.take(), plainMoments(x, z, inputs, targets))).toBeLessThan(
          tolerance,
        );
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
});

describe('patch sums', () => {
  interface Case {
    readonly geometry: PatchGeometry;
    readonly channels: number;
    readonly outFeatures: number;
  }

  /** Input, output, kernel, stride, dilation, padding before: of each axis. */
  function geometry(
    ...axes: readonly (readonly [number, number, number, number, number, number])[]
  ): PatchGeometry {
    const each = (index: number) => axes.map((axis) => axis[index]!);
    return {
      inputSize: each(0),
      outputSize: each(1),
      kernelSize: each(2),
      strides: each(3),
      dilationRate: each(4),
      padding: axes.map(([input, output, kernel, stride, dilation, before]) => [
        before,
        (output - 1) * stride + (kernel - 1) * dilation + 1 - input - before,
      ]),
    };
  }

  const cases: readonly Case[] = [
    { geometry: geometry([7, 7, 3, 1, 1, 1], [6, 6, 3, 1, 1, 1]), channels: 3, outFeatures: 2 },
    { geometry: geometry([8, 4, 5, 1, 1, 0], [9, 5, 5, 1, 1, 0]), channels: 8, outFeatures: 9 },
    { geometry: geometry([9, 5, 3, 2, 1, 1], [8, 4, 2, 2, 1, 0]), channels: 8, outFeatures: 8 },
    { geometry: geometry([9, 4, 3, 2, 2, 1], [7, 2, 3, 3, 1, 0]), channels: 17, outFeatures: 1 },
    { geometry: geometry([11, 11, 5, 1, 2, 4]), channels: 9, outFeatures: 3 },
    // Cropped at the start, and one position.
    { geometry: geometry([9, 6, 3, 1, 1, -1], [8, 3, 3, 2, 1, -1]), channels: 4, outFeatures: 3 },
    { geometry: geometry([5, 1, 5, 1, 1, 0]), channels: 2, outFeatures: 4 },
    { geometry: geometry([5, 5, 3, 1, 1, 1], [4, 2, 3, 2, 1, 1]), channels: 33, outFeatures: 34 },
  ];

  /**
   * Float32 products of at most 256 rows. Padding under a shift has deviations as large as the mean, so its
   * products are.
   */
  const tolerance = 5e-6;

  const zeros = ['without zeros', 'with zeros'] as const;
  const ways = (['pixels', 'patches'] as const).flatMap((method) => zeros.map((kind) => ({ method, kind })));

  describe.each(everyEngine)('$instructions, $threads threads', (options) => {
    it.each(ways)('sums patches $kind by $method as float64 does', ({ method, kind }) =>
      onEngine(options, async (linalg) => {
        for (const [index, { geometry: window, channels, outFeatures }] of cases.entries()) {
          const size = (lengths: readonly number[]) =>
            lengths.reduce((product, length) => product * length, 1);
          const samples = 5;
          const pixels = samples * size(window.inputSize);
          const x = kind === 'with zeros' ? thinned(pixels, channels, 3) : drawn(pixels * channels, 3);
          const z = drawn(samples * size(window.outputSize) * outFeatures, 5);
          if (kind === 'without zeros') for (let at = 0; at < x.length; at += channels) x[at]! += 10;
          for (let at = 0; at < z.length; at += outFeatures) z[at]! += 10;
          const sums = await linalg.createSums({ geometry: window, channels, outFeatures, method });
          const [inputs, targets] = [x.length / samples, z.length / samples];
          await sums.add(x.subarray(0, 2 * inputs), z.subarray(0, 2 * targets));
          await sums.add(x.subarray(2 * inputs), z.subarray(2 * targets));
          const moments = await sums.take();
          const patches = plainPatches(x, window, channels);
          const expected = plainMoments(patches, z, size(window.kernelSize) * channels, outFeatures);
          expect(moments.count).toBe(expected.count);
          expect(
            relativeError(moments.inputMean.data, expected.inputMean.data),
            `case ${index}`,
          ).toBeLessThan(1e-7);
          expect(
            relativeError(moments.targetMean.data, expected.targetMean.data),
            `case ${index}`,
          ).toBeLessThan(1e-7);
          expect(worstCovariance(moments, expected), `case ${index}`).toBeLessThan(tolerance);
          sums.dispose();
        }
      }),
    );
  });

  it('refuses geometries that are none', () =>
    onEngine({ threads: 1 }, async (linalg) => {
      const window = { ...cases[0]!.geometry, strides: [0, 1] };
      await expect(
        linalg.createSums({ geometry: window, channels: 1, outFeatures: 1 }),
      ).rejects.toMatchObject({
        code: 'ARGUMENT_INVALID',
      });
    }));
});
