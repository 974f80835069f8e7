import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LayersModel } from '../tensorflow.js';
import { outputErrorOf } from './output-error-of.js';

const width = 6;
/** 200 samples of each of two kinds, one kind after the other. */
const sorted = Float32Array.from(seededData([400, width], 5).data, (value, at) =>
  at < 200 * width ? value - 2 : value + 2,
);
/** The same samples, as they lie in another order. */
const inOrder = (order: readonly number[]) =>
  tf.tensor2d(Float32Array.from(order.flatMap((at) => [...sorted.subarray(at * width, (at + 1) * width)])), [
    400,
    width,
  ]);
const everyIndex = Array.from({ length: 400 }, (_, at) => at);

let teacher: LayersModel;
beforeEach(() => {
  teacher = seedWeights(
    tf.sequential({
      layers: [
        tf.layers.dense({ name: 'a', units: 12, activation: 'relu', inputShape: [width] }),
        tf.layers.dense({ name: 'b', units: 4, activation: 'relu' }),
        tf.layers.dense({ name: 'c', units: 3 }),
      ],
    }),
    6,
  );
});
afterEach(() => teacher.dispose());

test('sorted data are measured as the same data in any order are', async () => {
  const before = tf.memory().numTensors;
  // A map that isn't near the best one, so that both kinds need a map of their own of the outputs.
  const map = {
    kernel: { shape: [width, 4], data: Float64Array.from(seededData([width, 4], 7).data) },
    bias: { shape: [4], data: Float64Array.from(seededData([4], 8).data) },
  };
  const errorOf = async (order: readonly number[]) => {
    const inputs = inOrder(order);
    const error = await outputErrorOf(teacher, { tf, span: { from: 'a', to: 'b' }, map, inputs: [inputs] });
    inputs.dispose();
    return error;
  };
  const turns = everyIndex.map((at) => (at % 2) * 200 + Math.floor(at / 2));
  const mixed = everyIndex.map((at) => (at * 163) % 400);
  const errors = [await errorOf(everyIndex), await errorOf(turns), await errorOf(mixed)];
  // The mean of 200 squared errors is uncertain by about a tenth; halves of one kind each give three times as much.
  expect(Math.max(...errors) / Math.min(...errors)).toBeLessThan(1.5);
  expect(tf.memory().numTensors).toBe(before);
});
