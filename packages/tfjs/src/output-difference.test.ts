import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { drawInputs } from './drawn-inputs.js';
import { float32Explains, outputDifference } from './output-difference.js';
import { type RunnableModel, runnableLayers } from './runnable-model.js';
import { simplify } from './simplify-model.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** A model with fixed outputs, one array for each. */
const giving = (...outputs: number[][]): RunnableModel => ({
  inputs: [],
  run: () => outputs.map((values) => tf.tensor1d(values)),
  dispose() {},
});
const drawn = [{ length: null, isFixedBatch: false, tensors: [] }];

test.each([
  ['the largest of an output is its scale', [[8, -1]], [[8, -1.5]], 0.0625],
  ['each output has a scale of its own', [[1000], [1, 0]], [[1000], [1, 0.25]], 0.25],
  ['nothing differs', [[1, -0]], [[1, 0]], 0],
  ['the same NaN and infinities', [[Number.NaN, Infinity, 2]], [[Number.NaN, Infinity, 1]], 0.5],
  ['NaN where a number was', [[1, 2]], [[1, Number.NaN]], Infinity],
  ['a number where infinity was', [[1, Infinity]], [[1, 3]], Infinity],
  ['zeros alone', [[0]], [[0.5]], 0.5],
])('%s', (_, first, second, expected) => {
  expect(outputDifference(tf, giving(...first), giving(...second), drawn)).toBe(expected);
});

test('float32 explains the rounding of weights, and no more than that', async () => {
  const build = () =>
    seedWeights(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 2], activation: 'relu' }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      }),
      2,
    ) as tf.LayersModel;
  const [model, other] = [build(), build()];
  const inputs = await drawInputs(tf, model);
  const explained = float32Explains(tf, model, inputs);
  const change = (factor: number) => {
    const [kernel, ...rest] = model.getWeights();
    other.setWeights([tf.mul(kernel!, factor), ...rest]);
    return outputDifference(tf, runnableLayers(model), runnableLayers(other), inputs);
  };
  // A change of two units in the last place of every weight is explained, and one far beyond rounding isn't.
  expect(change(1 + 2 ** -22)).toBeLessThan(explained);
  expect(change(1 + 2 ** -12)).toBeGreaterThan(10 * explained);
  expect(explained).toBeLessThan(2e-5);
});

test('float32 explains what is left of numbers that were rounded when a large one was added to them', () => {
  const build = (scale: number) => {
    const layers = [
      tf.layers.batchNormalization({ inputShape: [6] }),
      tf.layers.rescaling({ scale, offset: -1 }),
      tf.layers.layerNormalization({ epsilon: 1e-12 }),
    ];
    return seedWeights(tf.sequential({ layers }), 7) as tf.LayersModel;
  };
  const tensors = [tf.tensor(seededData([20, 6], 3).data, [20, 6])];
  const drawn = [{ length: null, isFixedBatch: false, tensors }];
  const model = build(0.004);
  const { model: simplified, applied } = simplify(model, { tf });
  expect(applied).toHaveLength(1);
  const difference = outputDifference(tf, runnableLayers(model), runnableLayers(simplified), drawn);
  const explained = float32Explains(tf, model, drawn);
  // The rescaled values are -1 plus a few thousandths, rounded to 2^-24, and the normalization leaves only
  // the thousandths.
  expect(difference).toBeGreaterThan(1e-5);
  expect(difference).toBeLessThan(explained);
  expect(explained).toBeLessThan(5e-3);
  expect(float32Explains(tf, build(1), drawn)).toBeLessThan(2e-5);
});
