import { expect, test } from 'vitest';
import { createAdapter } from './create-adapter.js';
import { startBackend } from './start-backend.js';

test('wasm is started, and can train a convolution', async () => {
  const device = await startBackend('wasm');
  const { tf } = device;
  expect([device.name, tf.getBackend()]).toEqual(['wasm', 'wasm']);
  expect(device.computesOn).toMatch(/^tfjs 4\.\d+\.\d+, Node v\d+/);

  const model = tf.sequential({
    layers: [tf.layers.conv2d({ filters: 1, kernelSize: 2, inputShape: [3, 3, 1] })],
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const { history } = await model.fit(tf.ones([2, 3, 3, 1]), tf.ones([2, 2, 2, 1]), {
    epochs: 2,
    verbose: 0,
  });
  expect(Number(history.loss![1])).toBeLessThan(Number(history.loss![0]));
});

test('the adapter of cpu gives the moments of the rows', async () => {
  const device = await startBackend('cpu');
  expect(device.tf.getBackend()).toBe('cpu');
  const { tf } = device;
  const backend = await createAdapter(device);
  const moments = await backend.patchMoments(tf.tensor2d([[1], [3]]), tf.tensor2d([[2], [6]]), null);
  // Means 2 and 4; covariances of two rows, divided by their count: 1, 2 and 4.
  expect([...moments.inputMean.data, ...moments.targetMean.data]).toEqual([2, 4]);
  expect([
    ...moments.inputCovariance.data,
    ...moments.crossCovariance.data,
    ...moments.targetCovariance.data,
  ]).toEqual([1, 2, 4]);
});
