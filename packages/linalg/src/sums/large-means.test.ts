import type { PatchGeometry } from '@fuseinit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLinearAlgebra, type WasmLinearAlgebra } from '../create-linear-algebra.js';
import { everyEngine } from '../testing-support/every-engine.test-support.js';
import { drawn, plainMoments, plainPatches, worstEntry } from '../testing-support/moments.test-support.js';
import type { Sums } from './stream-sums.js';

/**
 * Of each entry, in deviations of its row and its column: products in float32 of numbers whose mean is at
 * most three deviations off, so that they are ten times as large as those of deviations alone, summed 256 at
 * a time. It doesn't grow with the mean.
 */
const tolerance = 5e-6;

const engines: WasmLinearAlgebra[] = [];
beforeAll(async () => {
  for (const options of everyEngine.filter(({ threads }) => threads !== 3))
    engines.push(await createLinearAlgebra(options));
});
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

/** A number for each row and column; `noise` is from -0.5 to 0.5. */
type Values = (row: number, column: number, noise: number) => number;

function rowsOf(rows: number, columns: number, seed: number, values: Values): Float32Array {
  return drawn(rows * columns, seed).map((noise, at) =>
    values(Math.floor(at / columns), at % columns, noise),
  );
}

async function addInBatches(sums: Sums, x: Float32Array, z: Float32Array, samples: number, batch: number) {
  const [inputs, targets] = [x.length / samples, z.length / samples];
  for (let first = 0; first < samples; first += batch) {
    const end = Math.min(samples, first + batch);
    await sums.add(x.subarray(first * inputs, end * inputs), z.subarray(first * targets, end * targets));
  }
}

describe('rows', () => {
  it.each([1e4, 1e5, 1e6])('of every width from 1 to 70 at mean / range %d', async (ratio) => {
    const rows = 300;
    for (let inputs = 1; inputs <= 70; inputs++) {
      const targets = (inputs * 7) % 71;
      const x = rowsOf(rows, inputs, inputs, (_, __, noise) => ratio + noise);
      const z = rowsOf(rows, targets, 100 + inputs, (_, __, noise) => noise - ratio);
      const expected = plainMoments(x, z, inputs, targets);
      for (const engine of engines) {
        const sums = await engine.createSums({ channels: inputs, outFeatures: targets, geometry: null });
        await sums.add(x, z);
        const label = `${inputs} inputs, ${targets} targets, ${engine.name}`;
        expect(worstEntry(await sums.take(), expected), label).toBeLessThan(tolerance);
        sums.dispose();
      }
    }
  });

  const rows = 3000;
  const kinds: readonly (readonly [string, Values])[] = [
    ['the first are zeros', (row, _, noise) => (row < 64 ? 0 : 1e6 + noise)],
    ['they are sorted', (row, _, noise) => (1e4 * row) / rows + noise],
    ['the mean grows tenfold and tenfold again', (row, _, noise) => 10 ** ((6 * row) / rows) + noise],
    ['the mean goes away in steps', (row, _, noise) => 1e5 * Math.floor((8 * row) / rows) ** 3 + noise],
    ['some columns are zeros', (_, column, noise) => (column % 4 === 3 ? 0 : 1e6 + noise)],
    ['some columns are constant', (_, column, noise) => [1 / 3, 1e6 + 0.3, -1e-7, 1e5 + noise][column % 4]!],
    ['columns become constant', (row, column, noise) => (row < 64 ? noise : 1e6 + column / 3)],
    ['columns have other units', (_, column, noise) => [1e-6, 1e6, 1][column % 3]! * (1e3 + noise)],
    ['only the first of sixty-four has another mean', (row, _, noise) => (row % 64 === 0 ? 0 : 1e6 + noise)],
    ['zeros are many, and then none', (row, _, noise) => (row < 1000 ? Math.max(0, noise) : 1e5 + noise)],
    ['they are pixels', (_, __, noise) => Math.max(0, Math.floor(400 * noise + 55))],
    ['they are bright pixels', (_, __, noise) => 250 + Math.floor(5 * (noise + 0.5))],
  ];
  it.each(kinds)('of which %s', async (_, values) => {
    const [inputs, targets] = [13, 6];
    const x = rowsOf(rows, inputs, 3, values);
    const z = rowsOf(rows, targets, 5, values);
    const expected = plainMoments(x, z, inputs, targets);
    for (const engine of engines) {
      for (const batch of [rows, 500, 32]) {
        const sums = await engine.createSums({ channels: inputs, outFeatures: targets, geometry: null });
        await addInBatches(sums, x, z, rows, batch);
        const moments = await sums.take();
        expect(moments.count).toBe(rows);
        expect(worstEntry(moments, expected), `${engine.name}, batches of ${batch}`).toBeLessThan(tolerance);
        sums.dispose();
      }
    }
  });

  it('of which none is like those that were looked at or taken before', async () => {
    const [inputs, targets] = [9, 2];
    const at = (mean: number, seed: number) =>
      rowsOf(400, inputs + targets, seed, (_, __, noise) => mean + noise);
    const split = (values: Float32Array) =>
      [values.slice(0, 400 * inputs), values.slice(400 * inputs)] as const;
    const [engine] = engines as [WasmLinearAlgebra];
    const sums = await engine.createSums({ channels: inputs, outFeatures: targets, geometry: null });
    await sums.prime(...split(at(0, 1)));
    for (const [mean, seed] of [
      [1e6, 2],
      [-1e5, 3],
      [0, 4],
    ] as const) {
      const [x, z] = split(at(mean, seed));
      await sums.add(x, z);
      expect(worstEntry(await sums.take(), plainMoments(x, z, inputs, targets))).toBeLessThan(tolerance);
    }
    sums.dispose();
  });

  it('with NaN before a mean goes away, say so until they are taken', async () => {
    const [engine] = engines as [WasmLinearAlgebra];
    const sums = await engine.createSums({ channels: 1, outFeatures: 1, geometry: null });
    const spoilt = Float32Array.from({ length: 64 }, (_, at) => (at === 63 ? Number.NaN : 0));
    const far = rowsOf(8192, 1, 1, (_, __, noise) => 1e6 + noise);
    expect(await sums.add(new Float32Array(64), spoilt)).toBe('target');
    expect(await sums.add(far, far)).toBe('target');
    await sums.take();
    expect(await sums.add(far, far)).toBeUndefined();
    sums.dispose();
  });
});

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

describe('patches', () => {
  const geometries = {
    padded: geometry([7, 7, 3, 1, 1, 1], [6, 6, 3, 1, 1, 1]),
    strided: geometry([9, 5, 3, 2, 1, 1], [8, 4, 2, 2, 1, 0]),
    'of one position': geometry([4, 1, 4, 1, 1, 0], [3, 1, 3, 1, 1, 0]),
    'most of them padding, some of it all': geometry([3, 3, 5, 1, 1, 2], [1, 1, 5, 1, 1, 2]),
    dilated: geometry([11, 11, 5, 1, 2, 4]),
  };
  type PixelValues = (sample: number, pixel: number, channel: number, noise: number) => number;
  const kinds: readonly (readonly [string, PixelValues])[] = [
    ['mean / range is 1e4', (_, __, ___, noise) => 1e4 + noise],
    ['mean / range is 1e6', (_, __, ___, noise) => 1e6 + noise],
    ['each pixel has a mean of its own', (_, pixel, __, noise) => 1e4 * pixel + noise],
    ['the first are zeros', (sample, _, __, noise) => (sample < 2 ? 0 : 1e6 + noise)],
    ['the mean goes away', (sample, _, __, noise) => 1e5 * sample + noise],
    ['channels are constant', (_, __, channel, noise) => [1e6 / 3, 0, 1e6 + noise][channel % 3]!],
    ['zeros are many, and then none', (sample, _, __, noise) => Math.max(0, noise) + (sample < 20 ? 0 : 1e5)],
  ];
  const samples = 60;
  it.each(kinds)('of which %s', async (_, values) => {
    const [channels, outFeatures] = [5, 3];
    for (const [name, window] of Object.entries(geometries)) {
      const size = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);
      const [pixels, positions] = [size(window.inputSize), size(window.outputSize)];
      const x = drawn(samples * pixels * channels, 3).map((noise, at) => {
        const pixel = Math.floor(at / channels);
        return values(Math.floor(pixel / pixels), pixel % pixels, at % channels, noise);
      });
      const z = rowsOf(samples * positions, outFeatures, 5, (__, column, noise) => 1e5 * column + noise);
      const patches = plainPatches(x, window, channels);
      const expected = plainMoments(patches, z, size(window.kernelSize) * channels, outFeatures);
      for (const engine of engines) {
        for (const method of ['pixels', 'patches'] as const) {
          for (const batch of [samples, 7]) {
            const sums = await engine.createSums({ geometry: window, channels, outFeatures, method });
            await addInBatches(sums, x, z, samples, batch);
            const label = `${name}, ${method}, ${engine.name}, batches of ${batch}`;
            expect(worstEntry(await sums.take(), expected), label).toBeLessThan(tolerance);
            sums.dispose();
          }
        }
      }
    }
  });
});
