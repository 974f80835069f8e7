import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { classThreshold, labelEvidence, labelTask, outputTask } from './label-task.js';

type Activation = 'softmax' | 'sigmoid' | 'linear' | 'relu';
const L = tf.layers;
function ending(units: number, activation: Activation, loss?: string) {
  const model = tf.sequential({ layers: [L.dense({ units, activation, inputShape: [2] })] });
  if (loss) model.compile({ optimizer: 'sgd', loss });
  return model;
}

test.each([
  ['softmax', undefined, 'classification'],
  ['softmax', 'meanSquaredError', 'classification'],
  ['sigmoid', undefined, 'classification'],
  ['sigmoid', 'meanSquaredError', undefined],
  ['linear', undefined, undefined],
  ['linear', 'meanSquaredError', 'regression'],
  ['linear', 'sparseCategoricalCrossentropy', 'classification'],
  ['relu', undefined, undefined],
  ['relu', 'meanAbsoluteError', 'regression'],
] as const)('the task of a %s end compiled with %s is %s', (activation, loss, expected) => {
  const model = ending(3, activation, loss);
  expect(outputTask(model)).toBe(expected);
  model.dispose();
});

test('a loss is found where outputs have one each, by place or by name', () => {
  const input = tf.input({ shape: [2] });
  const outputs = ['first', 'second'].map(
    (name) => L.dense({ name, units: 3 }).apply(input) as ReturnType<typeof tf.input>,
  );
  const model = tf.model({ inputs: input, outputs });
  model.compile({ optimizer: 'sgd', loss: ['meanSquaredError', 'categoricalCrossentropy'] });
  expect(outputTask(model)).toBe('regression');
  model.compile({ optimizer: 'sgd', loss: { first: 'categoricalCrossentropy', second: 'meanSquaredError' } });
  expect(outputTask(model)).toBe('classification');
  model.dispose();
});

test.each([
  ['linear', undefined, 0],
  ['linear', 'binaryCrossentropy', 0.5],
  ['sigmoid', undefined, 0.5],
] as const)('one output of a %s end compiled with %s is class 1 above %s', (activation, loss, expected) => {
  const model = ending(1, activation, loss);
  expect(classThreshold(model)).toBe(expected);
  model.dispose();
});

const oneHot = [0, 1, 0, 1, 0, 0];
test.each([
  ['softmax, integers', 3, 'softmax', [2, 0], 'classification'],
  ['softmax, one-hot rows', 3, 'softmax', oneHot, 'classification'],
  ['linear, one-hot rows', 3, 'linear', oneHot, 'classification'],
  ['linear, rows', 3, 'linear', [0.5, 2, 1, 3, 1, 2], 'regression'],
  ['linear, integers stored as such', 3, 'linear', Int32Array.of(2, 0), 'classification'],
  ['sigmoids, rows of 0 and 1 that are not one-hot', 3, 'sigmoid', [0, 1, 1, 0, 0, 0], 'multiLabel'],
  ['sigmoids, one-hot rows', 3, 'sigmoid', oneHot, 'classification'],
  ['sigmoids, integers', 3, 'sigmoid', [2, 0], 'classification'],
  ['one sigmoid, 0 and 1', 1, 'sigmoid', [0, 1], 'classification'],
  ['one sigmoid, shares', 1, 'sigmoid', [0.5, 1], 'regression'],
  ['one number, integers stored as such', 1, 'linear', Uint8Array.of(3, 0), 'regression'],
] as const)('%s: %#', (_name, units, activation, labels, expected) => {
  const model = ending(units, activation);
  expect(labelTask(model, labelEvidence(labels, 2))).toBe(expected);
  model.dispose();
});

test.each([
  ['float labels of linear outputs', 3, 'linear', Float32Array.of(2, 0), 'ARGUMENT_INVALID', /one label for/],
  [
    '0 and 1 for several numbers',
    3,
    'linear',
    [0, 1, 1, 1, 0, 0],
    'ARGUMENT_INVALID',
    /before the 3 outputs/,
  ],
  ['0 and 1 for one number', 1, 'linear', [0, 1], 'ARGUMENT_INVALID', /All labels are 0 or 1/],
  ['rows for a softmax', 3, 'softmax', [0.2, 0.8, 0, 1, 0, 0], 'ARGUMENT_INVALID', /not one-hot/],
  ['shares for sigmoids', 3, 'sigmoid', [0.2, 1, 0, 1, 0, 0], 'ARGUMENT_INVALID', /not all 0 or 1/],
  ['rows of another width', 3, 'linear', [1, 2, 3, 4], 'SHAPE_MISMATCH', /2 labels for.*3 outputs/],
  ['rows for one output', 1, 'sigmoid', [1, 0, 1, 0], 'SHAPE_MISMATCH', /2 labels for.*one output/],
] as const)('%s are asked about or refused', (_name, units, activation, labels, code, message) => {
  const model = ending(units, activation);
  const decide = () => labelTask(model, labelEvidence(labels, 2), { advice: 'Say it.' });
  expect(decide).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  if (code === 'ARGUMENT_INVALID') expect(decide).toThrow(/Say it\.$/);
  model.dispose();
});

test('sigmoids that were trained to give one class are not labels of their own', () => {
  const labels = labelEvidence([1, 1, 0, 0, 0, 0], 2);
  const model = ending(3, 'sigmoid', 'categoricalCrossentropy');
  expect(() => labelTask(model, labels)).toThrow(/not one-hot/);
  model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy' });
  expect(labelTask(model, labels)).toBe('multiLabel');
  model.dispose();
});

test('a map of sigmoids is labelled as such, one-hot or not', () => {
  const model = tf.sequential({
    layers: [L.reshape({ targetShape: [2, 2], inputShape: [4] }), L.activation({ activation: 'sigmoid' })],
  });
  expect(labelTask(model, labelEvidence([0, 1, 0, 0, 1, 0, 0, 0], 2))).toBe('multiLabel');
  model.dispose();
});
