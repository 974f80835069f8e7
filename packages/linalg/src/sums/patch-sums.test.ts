import type { PatchGeometry } from '@fuseinit/core';
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

/** Float32 products of at most 256 rows. Padding under a shift has deviations as large as the mean, so its products are. */
const tolerance = 5e-6;

const zeros = ['without zeros', 'with zeros'] as const;
const ways = (['pixels', 'patches'] as const).flatMap((method) => zeros.map((kind) => ({ method, kind })));

describe.each(everyEngine)('$instructions, $threads threads', (options) => {
  it.each(ways)('sums patches $kind by $method as float64 does', ({ method, kind }) =>
    onEngine(options, async (linalg) => {
      for (const [index, { geometry: window, channels, outFeatures }] of cases.entries()) {
        const size = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);
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
        expect(relativeError(moments.inputMean.data, expected.inputMean.data), `case ${index}`).toBeLessThan(
          1e-7,
        );
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
    await expect(linalg.createSums({ geometry: window, channels: 1, outFeatures: 1 })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
  }));
