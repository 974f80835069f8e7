import { uniformStream } from '@fuseinit/core';
import { expect, test } from 'vitest';
import type { Samples } from './dataset.js';
import { standardize } from './standardize.js';

const samples = (inputs: readonly number[], inputShape: readonly number[]): Samples => {
  const count = inputs.length / inputShape.reduce((product, length) => product * length, 1);
  return { inputs: Float32Array.from(inputs), inputShape, targets: new Float32Array(count), count };
};

const channel = ({ inputs }: Samples, index: number, of: number) =>
  [...inputs].filter((_, position) => position % of === index);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('each channel of the training samples gets mean 0 and deviation 1, whatever it had', () => {
  const random = uniformStream(1);
  const inputs = Array.from(
    { length: 600 },
    (_, index) => random() * 10 ** ((index % 3) - 1) + 5 * (index % 3),
  );
  const { train } = standardize(samples(inputs, [2, 3]), samples([], [2, 3]));
  for (const index of [0, 1, 2]) {
    const values = channel(train, index, 3);
    // Values are float32 near 10 at most: their rounding is 1e-6 of their deviation, and means of them have
    // less.
    expect(mean(values)).toBeCloseTo(0, 5);
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 5);
  }
});

test('the test samples get the shift and scale of the training samples', () => {
  // Channel 0 has mean 2 and deviation 1, channel 1 mean 0 and deviation 10.
  const { test } = standardize(samples([1, -10, 3, 10], [2]), samples([2, 0, 5, 40], [2]));
  expect([...test.inputs]).toEqual([0, 0, 3, 4]);
});

test('a channel that does not vary is only shifted', () => {
  const { train, test } = standardize(samples([0.1, 1, 0.1, 3], [2]), samples([0.1, 2, 4, 2], [2]));
  expect(channel(train, 0, 2)).toEqual([0, 0]);
  expect(channel(test, 0, 2)).toEqual([0, Math.fround(4 - Math.fround(0.1))]);
});

test('fillers become 0 and count for nothing', () => {
  const filled = standardize(
    samples([1, Number.NaN, 3, Number.NaN], [1]),
    samples([Number.NaN, 4], [1]),
    Number.isNaN,
  );
  expect([...filled.train.inputs]).toEqual([-1, 0, 1, 0]);
  expect([...filled.test.inputs]).toEqual([0, 2]);
});

test('the samples given stay as they were', () => {
  const train = samples([1, 3], [1]);
  standardize(train, train);
  expect([...train.inputs]).toEqual([1, 3]);
});
