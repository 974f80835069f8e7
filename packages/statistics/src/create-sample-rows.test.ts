import { extractPatches, type NdArray, ndArray, patchGeometry } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { createSampleRows } from './create-sample-rows.js';

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
  const rows = createSampleRows();
  rows.add(0, input, target, geometry);
  for (const { index, inputs, targets } of rows.samples) {
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
    expect(count).toBe(Math.min(16, positions));
    expect(found.every((at) => at >= 0)).toBe(true);
    expect(new Set(found).size).toBe(count);
  }
});

test('memory is bounded, and the choice is of all that came, however it was cut', () => {
  const width = 2 ** 16 - 1;
  const input = ndArray(
    [100, width],
    Float64Array.from({ length: 100 * width }, (_, at) => Math.floor(at / width)),
  );
  const target = randomArray(4, [100, 1]);
  const [whole, cut] = [createSampleRows(), createSampleRows()];
  whole.add(0, input, target, null);
  for (let from = 0; from < 100; from += 20) {
    cut.add(from, part(input, from, from + 20), part(target, from, from + 20), null);
    // What came before is passed over.
    cut.add(0, part(input, 0, 20), part(target, 0, 20), null);
  }
  expect(cut.samples.map(({ index }) => index)).toEqual(whole.samples.map(({ index }) => index));
  expect(whole.samples).toHaveLength(2 ** 22 / (width + 1));
  for (const { index, inputs } of whole.samples) expect(inputs[0]).toBe(index);
  // 64 of 100: a fair choice leaves neither half out.
  const late = whole.samples.filter(({ index }) => index >= 50).length;
  expect(late).toBeGreaterThan(20);
  expect(late).toBeLessThan(44);
  expect(whole.wants(0, 100)).toBe(false);
});
