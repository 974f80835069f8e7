import type { LayersModel } from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect } from 'vitest';
import { seededData, seedWeights, tf } from './seeded-models.js';

/** Keeps the models made in a test, disposes them after it, and holds it to leave no tensor behind. */
export function keepingModels(): <Model extends LayersModel>(model: Model) => Model {
  let models: LayersModel[] = [];
  let tensorsBefore = 0;
  beforeEach(() => {
    tensorsBefore = tf.memory().numTensors;
  });
  afterEach(() => {
    for (const model of models) {
      const weights = model.weights.map((weight) => weight.read());
      model.dispose();
      // tfjs keeps the weights of layers that stand in several models and of models that are nested twice.
      tf.dispose(weights);
    }
    models = [];
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });
  return (model) => {
    models.push(model);
    return model;
  };
}

/** Two dense layers, `hidden` and `out`, that read [batch, 4] and give [batch, 3]. */
export function denseNet(
  seed: number,
  { activation = 'linear' as 'linear' | 'softmax' | 'sigmoid', norm = false } = {},
): LayersModel {
  const layers = [
    tf.layers.dense({ name: 'hidden', units: 5, activation: 'tanh', inputShape: [4] }),
    ...(norm ? [tf.layers.batchNormalization({ name: 'norm' })] : []),
    tf.layers.dense({ name: 'out', units: 3, activation }),
  ];
  return seedWeights(tf.sequential({ layers }), seed);
}

/** One dense layer `out` without a bias, that reads and gives one number: its gradient is known by hand. */
export function line(weight: number): LayersModel {
  const model = tf.sequential({
    layers: [tf.layers.dense({ name: 'out', units: 1, useBias: false, inputShape: [1] })],
  });
  tf.tidy(() => model.setWeights([tf.tensor2d([[weight]])]));
  return model;
}

/** The weight of a {@link line}. */
export const slopeOf = (model: LayersModel) => model.getWeights()[0]!.dataSync()[0]!;

/** Inputs and labels of a {@link denseNet}. */
export function samples(count: number, seed: number) {
  return { xs: seededData([count, 4], seed), ys: seededData([count, 3], seed + 1) };
}

/** All weights of a model, to compare to the last bit. */
export const weightsOf = (model: LayersModel) =>
  model.weights.map((weight) => Array.from(weight.read().dataSync()));
