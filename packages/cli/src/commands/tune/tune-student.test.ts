import { expect, test } from 'vitest';
import { trainingSplit } from './tune-student.js';

const samples = {
  data: Float32Array.from({ length: 100 }, (_, index) => index),
  shape: [1],
  count: 100,
  indices: Uint32Array.from({ length: 100 }, (_, index) => index),
  labels: { values: Int32Array.from({ length: 100 }, (_, index) => index % 10), width: 1 },
};

test('a student is validated on the samples that fuse holds out, with their labels, and trained on the others', () => {
  const { training, validation } = trainingSplit(samples, { share: 0.1, seed: 0 });
  // The example of section 8 of docs/math.md.
  const heldOut = [6, 14, 27, 34, 43, 52, 62, 74, 83, 92];
  expect(validation).toEqual({
    xs: { data: Float32Array.from(heldOut), shape: [10, 1] },
    ys: { data: Float32Array.from(heldOut, (index) => index % 10), shape: [10, 1] },
    count: 10,
  });
  const others = [...samples.data].filter((index) => !heldOut.includes(index));
  expect(training).toMatchObject({ xs: { data: Float32Array.from(others), shape: [90, 1] }, count: 90 });
  expect(trainingSplit(samples, { share: 0.4 }).validation!.count).toBe(40);
  expect(trainingSplit(samples, { share: 0 }).validation).toBeUndefined();
});

test('rows of labels stay together', () => {
  const values = Float32Array.from({ length: 200 }, (_, index) => index / 2);
  const { validation } = trainingSplit({ ...samples, labels: { values, width: 2 } }, { share: 0.1, seed: 0 });
  expect(validation).toMatchObject({
    ys: {
      data: Float32Array.from([6, 14, 27, 34, 43, 52, 62, 74, 83, 92].flatMap((row) => [row, row + 0.5])),
      shape: [10, 2],
    },
  });
});

test('of some samples of a file, those are kept that are of the whole file', () => {
  const indices = Uint32Array.of(3, 14, 50, 62, 99);
  const data = Float32Array.from(indices);
  const { training, validation } = trainingSplit(
    { ...samples, data, count: 5, indices, labels: undefined },
    { share: 0.1, seed: 0 },
  );
  expect(validation).toMatchObject({ xs: { data: Float32Array.of(14, 62) }, count: 2 });
  expect(training).toMatchObject({ xs: { data: Float32Array.of(3, 50, 99) }, count: 3 });
});
