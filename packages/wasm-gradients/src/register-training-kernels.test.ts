import { FuseInitError } from '@fuseinit/core';
import { fashionImages, firstImages } from '@fuseinit/teacher';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerTrainingKernels } from './register-training-kernels.js';
import { tf } from './testing-support/both-backends.test-support.js';

const names = [
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
];

const own = tf.getKernel('Conv2DBackpropInput', 'wasm');
afterEach(() => {
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel(own);
});

test('what is there stays, and a second call does nothing', async () => {
  expect(registerTrainingKernels(tf)).toEqual(names);
  const first = names.map((name) => tf.getKernel(name, 'wasm'));
  expect(registerTrainingKernels(tf)).toEqual([]);
  expect(names.map((name) => tf.getKernel(name, 'wasm'))).toEqual(first);
  expect(tf.getKernel('Conv2DBackpropInput', 'wasm')).toBe(own);

  expect(registerTrainingKernels(tf, { replaceInputGradient: true })).toEqual(['Conv2DBackpropInput']);
  expect(registerTrainingKernels(tf, { replaceInputGradient: true })).toEqual([]);
  expect(tf.getKernel('Conv2DBackpropInput', 'wasm')).not.toBe(own);
});

function refusal(call: () => unknown): [string, string] {
  try {
    call();
  } catch (error) {
    if (FuseInitError.isInstance(error)) return [error.code, error.message];
    throw error;
  }
  throw new Error('It was not refused.');
}

test('a tf without the backend is refused', () => {
  const bare = { ...tf, getKernel: () => undefined } as unknown as typeof tf;
  expect(refusal(() => registerTrainingKernels(bare))).toEqual([
    'ARGUMENT_INVALID',
    expect.stringContaining('@tensorflow/tfjs-backend-wasm'),
  ]);
});

test('channels first and whole numbers are refused', async () => {
  registerTrainingKernels(tf);
  await tf.setBackend('wasm');
  const run = (dtype: 'float32' | 'int32', dataFormat: string) => {
    const inputs = { x: tf.ones([1, 3, 3, 1], dtype), dy: tf.ones([1, 3, 3, 1], dtype) };
    const attrs = { strides: [1, 1], pad: 'same', dataFormat, filterShape: [1, 1, 1, 1] };
    return tf.engine().runKernel('Conv2DBackpropFilter', inputs, attrs as never);
  };
  expect(refusal(() => run('float32', 'NCHW'))).toEqual([
    'ARGUMENT_INVALID',
    expect.stringContaining('NCHW'),
  ]);
  expect(refusal(() => run('int32', 'NHWC'))).toEqual(['ARGUMENT_INVALID', expect.stringContaining('int32')]);
});

function convnet() {
  const seeded = (seed: number) => tf.initializers.heNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [28, 28, 1],
        filters: 6,
        kernelSize: 5,
        strides: 2,
        kernelInitializer: seeded(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(2),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.separableConv2d({
        filters: 8,
        kernelSize: 3,
        depthMultiplier: 2,
        activation: 'relu',
        depthwiseInitializer: seeded(3),
        pointwiseInitializer: seeded(4),
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: seeded(5) }),
    ],
  });
  model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: 'categoricalCrossentropy' });
  return model;
}

/** Losses of as many batches of 32, over and over the same 256 FashionMNIST images. */
async function train(
  backend: 'cpu' | 'wasm',
  steps: number,
  onStep: () => void = () => {},
): Promise<number[]> {
  await tf.setBackend(backend);
  const { images: pixels, labels: bytes } = firstImages(fashionImages('calibration'), 256);
  const labels = Int32Array.from(bytes);
  const model = convnet();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const first = (step % 8) * 32;
    const x = tf.tensor4d(pixels.subarray(first * 784, (first + 32) * 784), [32, 28, 28, 1]);
    const y = tf.tidy(() =>
      tf.oneHot(tf.tensor1d(labels.subarray(first, first + 32), 'int32'), 10).toFloat(),
    );
    losses.push((await model.trainOnBatch(x, y)) as number);
    tf.dispose([x, y]);
    onStep();
  }
  model.dispose();
  model.optimizer.dispose();
  return losses;
}

describe('a convnet learns FashionMNIST as on cpu', () => {
  const steps = 10;
  let cpu: number[];
  beforeAll(async () => {
    cpu = await train('cpu', steps);
  }, 60_000);

  test.each([false, true])('with the input gradient replaced: %s', async (replaceInputGradient) => {
    registerTrainingKernels(tf, { replaceInputGradient });
    const wasm = await train('wasm', steps);
    // Both are float32, summed in another order, and each step starts from the rounding of the last one.
    const furthest = Math.max(...wasm.map((loss, step) => Math.abs(loss / cpu[step]! - 1)));
    expect(furthest).toBeLessThan(1e-4);
    expect(Math.min(...wasm)).toBeLessThan(wasm[0]! - 0.1);
  });
});

test('no step leaves a tensor or memory behind', async () => {
  registerTrainingKernels(tf, { replaceInputGradient: true });
  const counts: string[] = [];
  await train('wasm', 17, () => {
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    const onBackend = (tf.backend() as unknown as { numDataIds(): number }).numDataIds();
    counts.push(JSON.stringify({ numTensors, numDataBuffers, numBytes, onBackend }));
  });
  // The first step makes what the optimizer keeps.
  expect(new Set(counts.slice(1)).size).toBe(1);
});
