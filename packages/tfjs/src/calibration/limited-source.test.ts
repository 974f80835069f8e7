import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { calibrationSource } from './calibration-source.js';
import { sourceInRounds } from './limited-source.js';

test('every round is drawn from the whole data, and all rounds are all samples once', async () => {
  const data = { data: Float32Array.from({ length: 1000 }, (_, index) => index), shape: [1000, 1] };
  const source = sourceInRounds(calibrationSource(tf, data, [[null, 1]], 50), 128, { share: 0.1 });
  const seen: number[] = [];
  for await (const { inputs, indices } of source.batches()) {
    const values = [...inputs[0]!.dataSync()];
    expect(values).toEqual([...indices]);
    seen.push(...values);
    tf.dispose([...inputs]);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([...data.data]);
  for (const [start, end] of [
    [0, 128],
    [128, 256],
    [256, 512],
    [512, 1000],
  ] as const) {
    const round = seen.slice(start, end);
    expect(round).toEqual([...round].sort((a, b) => a - b));
    // Uniform indices have a standard deviation of 289, so that the mean of 128 has a standard error of 26.
    // The limit is four times that.
    expect(Math.abs(round.reduce((sum, at) => sum + at, 0) / round.length - 500)).toBeLessThan(104);
  }
});
