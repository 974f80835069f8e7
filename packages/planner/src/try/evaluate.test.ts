import { expect, test } from 'vitest';
import { tf } from '../../../tfjs/src/testing-support/seeded.test-support.js';
import { evaluate } from './evaluate.js';

/** A dense layer that gives its inputs as they are. */
function identity(units: number) {
  const model = tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [units], useBias: false })] });
  tf.tidy(() => model.setWeights([tf.eye(units)]));
  return model;
}

const rows = (values: number[], units: number) => ({
  data: Float32Array.from(values),
  shape: [values.length / units, units],
});

test('accuracy is the share of samples whose largest output is the label’s, whatever the batches', async () => {
  const model = identity(3);
  const data = rows([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 2, 1], 3);
  const before = tf.memory().numTensors;
  for (const batchSize of [1, 2, 5, 256])
    expect(await evaluate(tf, model, { ...data, labels: [0, 1, 2, 2, 0] }, batchSize)).toEqual({
      kind: 'accuracy',
      value: 3 / 5,
      count: 5,
    });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('one output is told by a half for labels of 0 and 1, and by the square for numbers', async () => {
  const model = identity(1);
  const data = rows([0.2, 0.7, 0.9, 0.1], 1);
  expect(await evaluate(tf, model, { ...data, labels: [0, 1, 0, 0] })).toEqual({
    kind: 'accuracy',
    value: 3 / 4,
    count: 4,
  });
  const { kind, value } = await evaluate(tf, model, { ...data, labels: [1.2, 0.7, 0.9, 0.1] });
  expect(kind).toBe('error');
  expect(value).toBeCloseTo(1 / 4, 6);
  model.dispose();
});

test('labels that do not fit are refused with their row', async () => {
  const model = identity(2);
  const data = rows([1, 0, 0, 1], 2);
  await expect(evaluate(tf, model, { ...data, labels: [0] })).rejects.toThrow(/1 labels came for 2 samples/);
  for (const wrong of [2, -1, 0.5, Number.NaN])
    await expect(evaluate(tf, model, { ...data, labels: [0, wrong] })).rejects.toThrow(/sample 1 is/);
  model.dispose();
});
