import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import type { IndexedData } from './calibration-data.js';
import { type CalibrationSource, calibrationSource } from './calibration-source.js';
import { limitedSource, sourceInRounds } from './limited-source.js';

/**
 * Creates data whose samples are their own indices, in batches of 7 whatever size is requested, and records
 * the indices that are read.
 */
function counted(count: number, indices?: ArrayLike<number>) {
  const read: number[] = [];
  const data: IndexedData = {
    count,
    ...(indices && { indices }),
    async *batches(_, chosen) {
      const wanted = Array.from(chosen.indices);
      for (let start = 0; start < wanted.length; start += 7) {
        const batch = wanted.slice(start, start + 7);
        read.push(...batch);
        yield { data: batch, shape: [batch.length, 1] };
      }
    },
  };
  return { data, read };
}

async function valuesOf(source: CalibrationSource) {
  const values: number[] = [];
  for await (const { inputs, indices, samples } of source.batches()) {
    expect([...inputs[0]!.dataSync()]).toEqual([...indices]);
    expect(samples).toBe(indices.length);
    values.push(...indices);
    tf.dispose([...inputs]);
  }
  return values;
}

const sourceOf = (data: IndexedData, batchSize = 5) => calibrationSource(tf, data, [[null, 1]], batchSize);
const rule = { share: 0.1, seed: 3 };

test('all samples, or those of the indices, with their places in the whole', async () => {
  const all = sourceOf(counted(23).data);
  expect(all.totalSamples).toBe(23);
  expect(await valuesOf(all)).toEqual(Array.from({ length: 23 }, (_, index) => index));
  const some = sourceOf(counted(1000, [2, 3, 500, 999]).data, 3);
  expect(some.totalSamples).toBe(4);
  expect(await valuesOf(some)).toEqual([2, 3, 500, 999]);
});

test('samples are drawn from the whole as of an array, and no others are read', async () => {
  const { data, read } = counted(1000);
  const array = { data: Float32Array.from({ length: 1000 }, (_, index) => index), shape: [1000, 1] };
  const drawn = await valuesOf(limitedSource(tf, sourceOf(data), 100, rule));
  expect(drawn).toEqual(
    await valuesOf(limitedSource(tf, calibrationSource(tf, array, [[null, 1]], 5), 100, rule)),
  );
  expect(read).toEqual(drawn);
  expect(Math.max(...drawn)).toBeGreaterThan(900);
});

test('each round is drawn from all indices', async () => {
  const indices = Array.from({ length: 200 }, (_, at) => 3 * at);
  const values = await valuesOf(sourceInRounds(sourceOf(counted(600, indices).data), 50, rule));
  expect(Math.max(...values.slice(0, 50))).toBeGreaterThan(400);
  expect([...values].sort((a, b) => a - b)).toEqual(indices);
});

test('what isn’t consistent is refused, and nothing is left behind', async () => {
  const before = tf.memory().numTensors;
  for (const [data, code, words] of [
    [counted(0).data, 'CALIBRATION_DATA_EMPTY', /no sample/],
    [counted(9, []).data, 'CALIBRATION_DATA_EMPTY', /no sample/],
    [counted(-1).data, 'ARGUMENT_INVALID', /count of the calibration data is -1/],
    [counted(1.5).data, 'ARGUMENT_INVALID', /count of the calibration data is 1\.5/],
    [counted(9, [1, 9]).data, 'ARGUMENT_INVALID', /hold 9 at place 1: whole numbers from 0 to 8/],
    [counted(9, [2, 2]).data, 'ARGUMENT_INVALID', /hold 2 at place 1.*larger than the one before/],
    [
      { ...counted(9).data, batches: () => counted(9).data.batches(9, { indices: [0, 1] }) },
      'SHAPE_MISMATCH',
      /gave 2 samples for 9 indices/,
    ],
    [
      { ...counted(9, [0]).data, batches: () => counted(9).data.batches(9, { indices: [0, 1] }) },
      'SHAPE_MISMATCH',
      /gave at least 2 samples for 1 indices/,
    ],
  ] as const) {
    const { code: came, message } = await refusalOf(async () => valuesOf(sourceOf(data)));
    expect([came, message]).toEqual([code, expect.stringMatching(words)]);
  }
  expect(tf.memory().numTensors).toBe(before);
});
