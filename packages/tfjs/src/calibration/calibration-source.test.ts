import { predictionDistance, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import type { LayersModel } from '../tensorflow.js';
import type { CalibrationData } from './calibration-data.js';

const shape = [50, 6];
const rows = seededData(shape, 61);
const parts = [0, 20, 27].map((start, index, starts) => {
  const end = starts[index + 1] ?? 50;
  return { data: rows.data.subarray(start * 6, end * 6), shape: [end - start, 6] };
});

let teacher: LayersModel;
let expected: LayersModel;
let tensorsBefore = 0;
// The share is given, since its default depends on the number of samples, which is unknown for a stream.
const options = { tf, spans: [{ from: 'a', to: 'b' }], batchSize: 16, heldOut: 0.1 };
const fused = async (calibrationData: CalibrationData) =>
  (await fuse(teacher, { ...options, calibrationData })).student;

beforeEach(async () => {
  teacher = seedWeights(
    tf.sequential({
      layers: [
        tf.layers.dense({ name: 'a', units: 8, activation: 'relu', inputShape: [6] }),
        tf.layers.dense({ name: 'b', units: 3 }),
        tf.layers.dense({ name: 'c', units: 2 }),
      ],
    }),
    62,
  );
  expected = await fused(rows);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  for (const model of [teacher, expected]) model.dispose();
});

/**
 * Expects a student that was fused on the same samples. Batches may be cut elsewhere, which changes float32
 * sums of 50 rows by 1e-6.
 */
async function expectSame(student: LayersModel): Promise<void> {
  expect(predictionDistance(student, expected, [5, 6])).toBeLessThan(1e-5);
  student.dispose();
}

test('a tensor of the caller, who keeps it', async () => {
  const tensor = tf.tensor(rows.data, [50, 6]);
  await expectSame(await fused(tensor));
  expect(tensor.isDisposed).toBe(false);
  tensor.dispose();
});

test('integers, as pixels come', async () => {
  const pixels = Int32Array.from({ length: 300 }, (_, index) => (index * 73) % 256);
  const integers = tf.tensor(pixels, [50, 6], 'int32');
  const [student, same] = [await fused(integers), await fused({ data: Float32Array.from(pixels), shape })];
  expect(predictionDistance(student, same, [5, 6])).toBe(0);
  integers.dispose();
  student.dispose();
  same.dispose();
});

test('a plain array with its shape, Float64Array too', async () => {
  await expectSame(await fused({ data: [...rows.data], shape }));
  await expectSame(await fused({ data: Float64Array.from(rows.data), shape }));
});

test('a generator, which can be passed over only once', async () => {
  async function* generated() {
    yield* parts;
  }
  await expectSame(await fused(generated()));
});

test('an iterable that starts anew for each pass, yielding tensors that stay the caller’s', async () => {
  const kept = parts.map((part) => tf.tensor(part.data, part.shape as [number, number]));
  let passes = 0;
  const student = await fused({
    async *[Symbol.asyncIterator]() {
      passes++;
      yield* kept;
    },
  });
  await expectSame(student);
  // The passes are for the fusion, for the held-out samples that judge the refit, for the refit, and for the
  // final comparison.
  expect(passes).toBe(4);
  expect(kept.every(({ isDisposed }) => !isDisposed)).toBe(true);
  tf.dispose(kept);
});

const sampleTensors = () =>
  Array.from({ length: 50 }, (_, index) => [...rows.data.subarray(index * 6, index * 6 + 6)]);

test('a tf.data.Dataset of inputs, or of inputs and labels, batched', async () => {
  await expectSame(await fused(tf.data.array(sampleTensors()).batch(9) as never));
  const labelled = sampleTensors().map((xs) => ({ xs, ys: 1 }));
  await expectSame(await fused(tf.data.array(labelled).batch(9) as never));
});

test('a dataset without batches is told so', async () => {
  const tensors = tf.data.array(sampleTensors()).map((row) => tf.tensor1d(row as number[]));
  await expect(fused(tf.data.array(sampleTensors()) as never)).rejects.toMatchObject({
    code: 'CALIBRATION_DATA_UNSUPPORTED',
    message: expect.stringMatching(/\.batch\(n\)/),
  });
  await expect(fused(tensors as never)).rejects.toMatchObject({
    code: 'SHAPE_MISMATCH',
    message: expect.stringMatching(/batch axis missing\? A dataset wants \.batch/),
  });
});
