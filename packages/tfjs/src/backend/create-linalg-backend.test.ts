import '@fuseinit/test-inputs/start-wasm';
import { referenceLinearAlgebra } from '@fuseinit/core';
import { checkBackend } from '@fuseinit/core/testing';
import { createLinearAlgebra, type WasmLinearAlgebra } from '@fuseinit/linalg';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import type { Tensor } from '../tensorflow.js';
import { tensorsOf } from '../testing/tensors-of.js';
import { createDeviceBackend } from './create-device-backend.js';
import { createLinalgBackend } from './create-linalg-backend.js';

describe.each(['cpu', 'wasm'])('beside tf on %s', (name) => {
  let linalg: WasmLinearAlgebra;
  beforeAll(async () => {
    await tf.setBackend(name);
    linalg = await createLinearAlgebra({ threads: 2 });
  });
  afterAll(async () => {
    await linalg.close();
    await tf.setBackend('cpu');
  });

  test('moments and sums pass the conformance suite', async () => {
    await checkBackend(createLinalgBackend(linalg), tensorsOf(tf));
  });

  test('a fusion is the same as by tf and the reference, and leaves nothing behind', async () => {
    const teacher = tf.sequential({
      layers: [
        tf.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          activation: 'relu',
          padding: 'same',
          inputShape: [8, 8, 2],
          kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
          name: 'conv1',
        }),
        tf.layers.conv2d({
          filters: 3,
          kernelSize: 3,
          kernelInitializer: tf.initializers.heNormal({ seed: 2 }),
          name: 'conv2',
        }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.heNormal({ seed: 3 }) }),
      ],
    });
    const images = tf.randomNormal([200, 8, 8, 2], 0, 1, 'float32', 4);
    const options = { tf, calibrationData: images, spans: [{ from: 'conv1', to: 'conv2' }], ridge: 1e-4 };
    const plain = await fuse(teacher, {
      ...options,
      backend: {
        ...createDeviceBackend(tf, { name, maxTensorSize: 2 ** 24 }),
        linearAlgebra: referenceLinearAlgebra,
      },
    });
    const before = tf.memory().numTensors;
    const fast = await fuse(teacher, {
      ...options,
      backend: createLinalgBackend(linalg),
    });
    expect(tf.memory().numTensors - before).toBe(fast.student.getWeights().length);
    const distance = tf.tidy(() => {
      const [expected, outputs] = [plain, fast].map(({ student }) => student.predict(images) as Tensor);
      return outputs!.sub(expected!).norm().div(expected!.norm()).dataSync()[0]!;
    });
    // Sums of products in float32 are off by up to 1e-6. With a ridge r, the outputs may be off by 1 / (2
    // sqrt(r)) times that, here 50 times.
    expect(distance).toBeLessThan(50 * 1e-6);
    plain.student.dispose();
    fast.student.dispose();
    teacher.dispose();
    images.dispose();
  });
});

test('what takes more memory than there is, is refused with its size', async () => {
  const linalg = await createLinearAlgebra({ threads: 1 });
  const layout = { channels: 60_000, outFeatures: 1, geometry: null };
  await expect(createLinalgBackend(linalg).createSums!(layout)).rejects.toMatchObject({
    code: 'TENSOR_TOO_LARGE',
    message: expect.stringContaining('GiB'),
  });
  await linalg.close();
});
