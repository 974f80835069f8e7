import { extractPatches, type NdArray, ndArray, patchGeometry } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { createHeldOutRows, heldOutSamplesOf } from './held-out-rows.js';

const part = ({ shape, data }: NdArray, from: number, to: number): NdArray => {
  const size = data.length / shape[0]!;
  return ndArray([to - from, ...shape.slice(1)], data.slice(from * size, to * size));
};
const float32 = (values: ArrayLike<number>) => [...Float32Array.from(values)];

test.each([
  [
    'padded, strided, dilated',
    { inputSize: [7, 6], kernelSize: [3, 2], strides: [2, 1], dilationRate: [1, 2] },
  ],
  [
    'more positions than are kept',
    { inputSize: [9, 8], kernelSize: [2, 3], strides: [1, 1], dilationRate: [1, 1] },
  ],
  ['one axis', { inputSize: [11], kernelSize: [4], strides: [3], dilationRate: [1] }],
])('rows are patches with the targets of their positions: %s', (_name, options) => {
  const geometry = patchGeometry({ ...options, padding: 'same' });
  const input = randomArray(1, [3, ...geometry.inputSize, 2]);
  const target = randomArray(2, [3, ...geometry.outputSize, 2]);
  for (const { place: index, rows, inputs, targets } of heldOutSamplesOf(0, input, target, geometry)) {
    const patches = extractPatches(part(input, index, index + 1), geometry);
    const [positions, patchSize] = patches.shape as [number, number];
    const all = Array.from({ length: positions }, (_, at) =>
      JSON.stringify([
        float32(patches.data.subarray(at * patchSize, (at + 1) * patchSize)),
        float32(part(target, index, index + 1).data.subarray(2 * at, 2 * at + 2)),
      ]),
    );
    const count = targets.length / 2;
    const found = Array.from({ length: count }, (_, at) =>
      all.indexOf(
        JSON.stringify([
          [...inputs.subarray(at * patchSize, (at + 1) * patchSize)],
          [...targets.subarray(2 * at, 2 * at + 2)],
        ]),
      ),
    );
    expect([count, rows]).toEqual(Array(2).fill(Math.min(16, positions)));
    expect(found.every((at) => at >= 0)).toBe(true);
    expect(new Set(found).size).toBe(count);
  }
});

test('memory is bounded, and the choice is of all that came, in whatever order and parts', () => {
  const width = 2 ** 16 - 1;
  const batchOf = (batch: number, from: number, to: number) =>
    heldOutSamplesOf(
      batch,
      ndArray([to - from, width], new Float64Array((to - from) * width).fill(batch)),
      randomArray(batch, [to - from, 1]),
      null,
    );
  const batches = Array.from({ length: 5 }, (_, batch) => batchOf(batch, 0, 20));
  const whole = createHeldOutRows(batches.flat());
  const parts = [createHeldOutRows(), createHeldOutRows()];
  for (const batch of [4, 1, 3, 0, 2]) parts[batch % 2]!.add(batches[batch]!);
  const merged = createHeldOutRows(parts.flatMap(({ samples }) => samples));
  expect(merged.samples).toEqual(whole.samples);
  expect(whole.samples).toHaveLength(2 ** 22 / (width + 1));
  // 64 of 100: a fair choice leaves out no batch of 20.
  for (const batch of [0, 1, 2, 3, 4]) {
    const kept = whole.samples.filter((sample) => sample.batch === batch);
    for (const { inputs } of kept) expect(inputs[0]).toBe(batch);
    expect(kept.length).toBeGreaterThan(6);
    expect(kept.length).toBeLessThan(20);
  }
  // What it has is not wanted again, but for what is let go.
  const last = whole.samples.at(-1)!;
  expect(whole.wants(last.batch, 20)).toBe(true);
  expect(createHeldOutRows(batches[0]!).wants(7, 1)).toBe(true);
  const rows = whole.rows()!;
  expect([rows.inputs.shape, rows.targets.shape, rows.rowsPerSample]).toEqual([[64, width], [64, 1], 1]);
});

test('large patches leave fewer positions of a sample, so that samples enough fit', () => {
  const geometry = patchGeometry({ inputSize: [20, 20], kernelSize: [9, 9], padding: 'same' });
  const samples = heldOutSamplesOf(
    0,
    randomArray(1, [2, 20, 20, 16]),
    randomArray(2, [2, 20, 20, 8]),
    geometry,
  );
  // 9 * 9 * 16 + 8 numbers a row, of 2 ** 22 in all for 512 samples.
  expect(samples.map(({ rows }) => rows)).toEqual([6, 6]);
});
