import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { createNodeGpuBackend } from './create-node-gpu-backend.js';
import { nodeGpuDevice } from './node-gpu-device.js';

test('a tf on another backend is refused by name', async () => {
  await tf.setBackend('cpu');
  expect(() => createNodeGpuBackend(tf)).toThrow(/runs on "cpu".*loadNodeGpu/);
  expect(() => nodeGpuDevice(tf)).toThrow(/no native backend.*loadNodeGpu/);
});
