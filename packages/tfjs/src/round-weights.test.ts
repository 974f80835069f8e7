import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { roundWeights } from './round-weights.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const L = tf.layers;
/** A coarse rounding without a limit on the size of weights. */
const nearest = (value: number) => Math.fround(Math.round(value * 8) / 8);

/** Images whose neighbouring pixels are nearly equal. */
function smoothImages(count: number) {
  const { data } = seededData([count, 3, 3, 2], 6);
  return tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(data), [count, 3, 3, 2]).resizeBilinear([9, 9]);
    return { data: images.dataSync() as Float32Array, shape: images.shape };
  });
}

function network(): tf.LayersModel {
  const image = tf.input({ shape: [9, 9, 2] });
  const conv = (more = {}) => L.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', ...more });
  const first = conv({ name: 'first' }).apply(image);
  const second = conv({ name: 'second', useBias: false, strides: 2 }).apply(first);
  const deep = L.depthwiseConv2d({ name: 'deep', kernelSize: 3 }).apply(second);
  const shared = L.dense({ name: 'shared', units: 4 });
  const flat = L.flatten().apply(shared.apply(shared.apply(deep))) as tf.SymbolicTensor;
  const out = L.dense({ name: 'out', units: 3, activation: 'softmax' }).apply(flat) as tf.SymbolicTensor;
  return seedWeights(tf.model({ inputs: image, outputs: out }), 3) as tf.LayersModel;
}

test('layers change less on held-out samples, by numbers that can be stored and biases for them', async () => {
  const model = network();
  const tensors = tf.memory().numTensors;
  const before = model.getWeights().map((weight) => weight.dataSync().slice());
  const { layers, values } = await roundWeights(model, {
    tf,
    roundingOf: (name) => (name.endsWith('kernel') ? nearest : undefined),
    calibrationData: smoothImages(60),
    heldOut: 0.3,
  });
  // Neither a layer that is called twice nor a depthwise kernel is rounded.
  expect(layers.map(({ name, applied }) => [name, applied])).toEqual([
    ['first', true],
    ['second', true],
    ['out', true],
  ]);
  // In patches of smooth images, a few directions have most of the variance.
  expect(layers[0]!.corrected).toBeLessThan(layers[0]!.nearest / 2);
  for (const { corrected, nearest: plain } of layers) expect(corrected).toBeLessThan(plain);
  expect([...values.keys()]).toEqual([
    'first/kernel',
    'first/bias',
    'second/kernel',
    'out/kernel',
    'out/bias',
  ]);
  for (const [name, numbers] of values)
    if (name.endsWith('kernel')) expect(numbers.map(nearest)).toEqual(numbers);
  expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);

  // The error reported for the first layer agrees with that of TensorFlow.js with the new weights, on other
  // images.
  const first = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer('first').output as tf.SymbolicTensor,
  });
  const images = tf.tensor(smoothImages(100).data.slice(60 * 162), [40, 9, 9, 2]);
  const given = first.predict(images) as tf.Tensor;
  const changeOf = (kernel: Float32Array, bias: Float32Array) => {
    model.getLayer('first').setWeights([tf.tensor(kernel, [3, 3, 2, 4]), tf.tensor(bias)]);
    const change = tf
      .sub(first.predict(images) as tf.Tensor, given)
      .square()
      .mean();
    return change.dataSync()[0]!;
  };
  const corrected = changeOf(values.get('first/kernel')!, values.get('first/bias')!);
  const plain = changeOf(Float32Array.from(before[0]!, nearest), Float32Array.from(before[1]!));
  expect(corrected).toBeLessThan(plain / 2);
});

test('kernels that are stored as they are, or not at all, are left alone', async () => {
  const model = network();
  const options = { tf, calibrationData: smoothImages(20), heldOut: 0.3 };
  for (const roundingOf of [() => (value: number) => value, () => undefined]) {
    expect(await roundWeights(model, { ...options, roundingOf })).toEqual({ layers: [], values: new Map() });
  }
});
