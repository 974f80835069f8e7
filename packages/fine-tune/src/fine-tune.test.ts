import { predictionDistance, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import type { LayersModel } from '@fuseinit/tfjs';
import type * as tfjs from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const rows = 48;
const inputs = seededData([rows, 8, 8, 1], 1);
const classes = Float32Array.from({ length: rows * 3 }, (_, index) => {
  const row = Math.floor(index / 3);
  return Number(inputs.data[row * 64]! > 0.3 ? index % 3 === 0 : index % 3 === 1 + (row % 2));
});
const loss = 'categoricalCrossentropy';

function convnet(seed: number, regularized = false): LayersModel {
  return seedWeights(
    tf.sequential({
      layers: [
        tf.layers.conv2d({
          name: 'conv',
          filters: 3,
          kernelSize: 3,
          activation: 'relu',
          inputShape: [8, 8, 1],
          ...(regularized ? { kernelRegularizer: 'l1l2' } : {}),
        }),
        tf.layers.batchNormalization({ name: 'norm' }),
        tf.layers.flatten({ name: 'flatten' }),
        tf.layers.dense({ name: 'dense', units: 3, activation: 'softmax' }),
      ],
    }),
    seed,
  );
}

let models: LayersModel[] = [];
let tensorsBefore = 0;
const made = (model: LayersModel) => {
  models.push(model);
  return model;
};

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  for (const model of models) model.dispose();
  models = [];
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

test.each(['adam', 'rmsprop', 'sgd'] as const)(
  'with %s, full batches and one rate it is what fit does, regularizers and moving moments too',
  async (name) => {
    const [own, fitted] = [made(convnet(5, true)), made(convnet(5, true))];
    const optimizer = tf.train[name](0.01);
    fitted.compile({ optimizer, loss });
    const [xs, ys] = [tf.tensor(inputs.data, [rows, 8, 8, 1]), tf.tensor(classes, [rows, 3])];
    const history = await fitted.fit(xs, ys, { epochs: 3, batchSize: rows, shuffle: false, verbose: 0 });
    const { epochs } = await fineTune(own, {
      tf,
      data: { xs, ys },
      loss,
      epochs: 3,
      batchSize: rows,
      learningRate: 0.01,
      optimizer: tf.train[name] as (rate: number) => tfjs.Optimizer,
    });
    // The batch is gathered in another order, so float32 sums round otherwise.
    for (const [epoch, expected] of history.history.loss!.entries())
      expect(epochs[epoch]!.loss).toBeCloseTo(expected as number, 4);
    expect(predictionDistance(own, fitted, [5, 8, 8, 1])).toBeLessThan(1e-4);
    tf.dispose([xs, ys]);
    optimizer.dispose();
  },
);
