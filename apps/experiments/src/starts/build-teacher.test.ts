import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { drawWeights } from './build-teacher.js';

function network(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', units: 200, inputShape: [100] }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.dense({ name: 'b', units: 200 }),
    ],
  });
}

const deviation = (values: tf.Tensor) => tf.tidy(() => tf.moments(values).variance.sqrt().dataSync()[0]!);

test('kernels have the deviation that was asked for, gains and variances are 1, the rest is 0', () => {
  const model = network();
  for (const [initialization, expected] of [
    ['normal-0.05', 0.05],
    // A normal distribution cut at two deviations has 0.8796 of its deviation left.
    ['he', 0.8796 * Math.sqrt(2 / 100)],
  ] as const) {
    drawWeights(tf, model, initialization, 3);
    // 20,000 draws tell a deviation to 0.5 %; four of them.
    expect(Math.abs(deviation(model.getLayer('a').getWeights()[0]!) / expected - 1)).toBeLessThan(0.02);
    expect(model.getLayer('a').getWeights()[1]!.abs().max().dataSync()[0]).toBe(0);
    const [gamma, beta, mean, variance] = model.getLayer('norm').getWeights();
    expect([gamma, beta, mean, variance].map((weight) => weight!.mean().dataSync()[0])).toEqual([1, 0, 0, 1]);
  }
  model.dispose();
});

test('a seed decides every number, layers differ, and a layer drawn alone is drawn as with the others', () => {
  const [first, second, alone] = [network(), network(), network()];
  drawWeights(tf, first, 'he', 5);
  drawWeights(tf, second, 'he', 5);
  const kept = alone.getLayer('a').getWeights()[0]!.dataSync().slice();
  drawWeights(tf, alone, 'he', 5, (name) => name === 'b');
  const kernel = (model: tf.Sequential, name: string) =>
    Array.from(model.getLayer(name).getWeights()[0]!.dataSync());
  expect(kernel(second, 'a')).toEqual(kernel(first, 'a'));
  expect(kernel(first, 'a').slice(0, 9)).not.toEqual(kernel(first, 'b').slice(0, 9));
  expect(kernel(alone, 'b')).toEqual(kernel(first, 'b'));
  expect(kernel(alone, 'a')).toEqual(Array.from(kept));
  drawWeights(tf, second, 'he', 6);
  expect(kernel(second, 'a')).not.toEqual(kernel(first, 'a'));
  for (const model of [first, second, alone]) model.dispose();
});
