import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { randomTwin } from './random-twin.js';

test('a twin has the same layers and other weights, which depend on nothing but the seed', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [4], units: 3 }),
      tf.layers.dense({ units: 3, kernelInitializer: 'heNormal' }),
    ],
  });
  const kernels = ({ weights }: tf.LayersModel) => weights.map((weight) => [...weight.read().dataSync()]);
  const twin = await randomTwin(tf, model, 1);
  expect(twin.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
  expect(kernels(twin)).not.toEqual(kernels(model));
  expect(kernels(await randomTwin(tf, model, 1))).toEqual(kernels(twin));
  expect(kernels(await randomTwin(tf, model, 2))).not.toEqual(kernels(twin));
});
