import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { drawWeights } from './build-teacher.js';
import { composeLinear } from './compose-linear.js';

/** Distance of two tensors over the size of the first. */
function distance(expected: tf.Tensor, actual: tf.Tensor): number {
  return tf.tidy(() => actual.sub(expected).norm().div(expected.norm()).dataSync()[0]!);
}

test('linear convolutions with a normalisation and an average between are composed exactly', () => {
  const teacher = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 3, inputShape: [12, 12, 2] }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.averagePooling2d({ name: 'pool', poolSize: 2 }),
      tf.layers.conv2d({ name: 'b', filters: 4, kernelSize: 3 }),
    ],
  });
  drawWeights(tf, teacher, 'he', 1);
  tf.tidy(() => {
    const some = (seed: number) => tf.randomUniform([3], 0.5, 1.5, 'float32', seed);
    teacher.getLayer('norm').setWeights([some(1), some(2), some(3), some(4)]);
    const { kernel, bias } = composeLinear(tf, teacher, ['a', 'norm', 'pool', 'b'], [8, 8], [8, 8]);
    expect(kernel.shape).toEqual([8, 8, 2, 4]);
    const input = tf.randomNormal<tf.Rank.R4>([5, 12, 12, 2], 0, 1, 'float32', 7);
    const composed = tf.conv2d(input, kernel as tf.Tensor4D, 2, 'valid').add(bias);
    // Sums of some hundred products in float32.
    expect(distance(teacher.predict(input) as tf.Tensor, composed)).toBeLessThan(1e-5);
  });
  teacher.dispose();
});

test('a relu is dropped and a max-pooling averages; a smaller kernel is the middle of the whole', () => {
  const layers = (activation: 'relu' | 'linear', pool: 'max' | 'average') =>
    tf.sequential({
      layers: [
        tf.layers.conv1d({ name: 'a', filters: 3, kernelSize: 3, activation, inputShape: [16, 2] }),
        pool === 'max'
          ? tf.layers.maxPooling1d({ name: 'pool', poolSize: 2 })
          : tf.layers.averagePooling1d({ name: 'pool', poolSize: 2 }),
        tf.layers.conv1d({ name: 'b', filters: 2, kernelSize: 3 }),
      ],
    });
  const [nonlinear, linear] = [layers('relu', 'max'), layers('linear', 'average')];
  for (const model of [nonlinear, linear]) drawWeights(tf, model, 'he', 2);
  tf.tidy(() => {
    const whole = composeLinear(tf, nonlinear, ['a', 'pool', 'b'], [8], [8]);
    const same = composeLinear(tf, linear, ['a', 'pool', 'b'], [8], [8]);
    expect(distance(whole.kernel, same.kernel)).toBe(0);
    const cut = composeLinear(tf, nonlinear, ['a', 'pool', 'b'], [8], [4]);
    expect(distance(whole.kernel.slice([2], [4]), cut.kernel)).toBe(0);
  });
  nonlinear.dispose();
  linear.dispose();
});

test('a convolution, flatten and a dense layer become the dense layer of both', () => {
  const teacher = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 3, padding: 'same', inputShape: [6, 6, 2] }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'b', units: 5 }),
    ],
  });
  drawWeights(tf, teacher, 'he', 3);
  tf.tidy(() => {
    const { kernel, bias } = composeLinear(tf, teacher, ['a', 'flatten', 'b'], null, null);
    const input = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 8);
    const composed = tf.matMul(input.reshape([4, 72]), kernel as tf.Tensor2D).add(bias);
    expect(distance(teacher.predict(input) as tf.Tensor, composed)).toBeLessThan(1e-5);
  });
  teacher.dispose();
});
