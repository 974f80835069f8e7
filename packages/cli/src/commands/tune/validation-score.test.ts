import { tf } from '@fuseinit/test-inputs/seeded-models';
import type { LayersModel } from '@fuseinit/tfjs';
import type { LabelTask } from '@fuseinit/tfjs/internal';
import { expect, test } from 'vitest';
import type { LossName } from './label-loss.js';
import { validationScore } from './validation-score.js';

type Activation = 'softmax' | 'sigmoid' | 'linear' | 'relu';

/** A dense layer whose pre-activations are its inputs, in another order where one is given. */
function identity(activation: Activation, order: readonly number[]): LayersModel {
  const units = order.length;
  const model = tf.sequential({
    layers: [tf.layers.dense({ units, activation, useBias: false, inputShape: [units] })],
  });
  const kernel = order.map((_, from) => order.map((to) => Number(to === from)));
  tf.tidy(() => model.setWeights([tf.tensor2d(kernel)]));
  return model;
}

const rows = [
  [0.9, 0.2, 0.1],
  [0.6, 0.7, 0.1],
  [0.1, 0.2, 0.3],
  [0.8, 0.1, 0.6],
];
const column = rows.map(([first]) => [first!]);
const samples = (values: number[][], labels?: number[][]) => {
  const array = (numbers: number[][]) => ({
    data: Float32Array.from(numbers.flat()),
    shape: [numbers.length, numbers[0]!.length],
  });
  return { xs: array(values), ...(labels && { ys: array(labels) }), count: values.length };
};
const goal = (name: LossName, task: LabelTask) => ({ loss: { name, loss: name }, task });

/** Scores in batches of 3, so that the last one is smaller. */
const scoreOf = (
  given: ReturnType<typeof samples>,
  labels?: ReturnType<typeof goal>,
  teacher?: LayersModel,
  signal = new AbortController().signal,
) => validationScore(tf, given, labels, teacher, 3, signal);

test.each<[string, LayersModel, number[][], number[][], ReturnType<typeof goal>, object]>([
  [
    'classes',
    identity('softmax', [0, 1, 2]),
    rows,
    [[0], [0], [2], [0]],
    goal('sparseCategoricalCrossentropy', 'classification'),
    { kind: 'accuracy', value: 3 / 4, count: 4 },
  ],
  [
    'logits, which stand for 1 above 0',
    identity('linear', [0]),
    column,
    [[1], [1], [0], [1]],
    goal('binaryCrossentropyFromLogits', 'classification'),
    { kind: 'accuracy', value: 3 / 4, count: 4 },
  ],
  [
    'probabilities that no sigmoid gives, which stand for 1 above 0.5',
    identity('relu', [0]),
    column,
    [[1], [1], [0], [1]],
    goal('binaryCrossentropy', 'classification'),
    { kind: 'accuracy', value: 1, count: 4 },
  ],
  [
    'labels of several outputs',
    identity('linear', [0, 1, 2]),
    rows,
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
      [0, 0, 1],
    ],
    goal('binaryCrossentropyFromLogits', 'multiLabel'),
    { kind: 'binaryAccuracy', value: 10 / 12, exactMatch: 3 / 4, count: 4 },
  ],
])('%s are scored by their labels', async (_name, model, inputs, labels, asked, expected) => {
  const score = await scoreOf(samples(inputs, labels), asked);
  expect(score!.by).toBe('labels');
  expect(await score!.of(model)).toEqual(expected);
});

test('numbers are scored by their mean square error', async () => {
  const labels = [[0.9], [0.6], [0.1], [0.4]];
  const score = await scoreOf(samples(column, labels), goal('meanSquaredError', 'regression'));
  const { kind, value } = await score!.of(identity('linear', [0]));
  expect(kind).toBe('error');
  // One of four is off by 0.4; inputs are float32.
  expect(value).toBeCloseTo(0.16 / 4, 6);
});

test('without labels a student is scored by the classes of its teacher', async () => {
  const score = await scoreOf(samples(rows), undefined, identity('softmax', [0, 1, 2]));
  expect(score!.by).toBe('teacher');
  expect(await score!.of(identity('softmax', [0, 1, 2]))).toMatchObject({ value: 1, count: 4 });
  // The teacher's classes are 0, 1, 2, 0; with the first two inputs swapped they are 1, 0, 2, 1.
  expect(await score!.of(identity('softmax', [1, 0, 2]))).toMatchObject({ value: 1 / 4 });
  const binary = await scoreOf(samples(column), undefined, identity('sigmoid', [0]));
  // Probabilities of positive numbers are all above 0.5.
  expect(await binary!.of(identity('sigmoid', [0]))).toMatchObject({ value: 1 });
});

test('a teacher that chooses no classes gives no score', async () => {
  expect(await scoreOf(samples(rows), undefined, identity('linear', [0, 1, 2]))).toBeUndefined();
  expect(await scoreOf(samples(rows), undefined, identity('sigmoid', [0, 1, 2]))).toBeUndefined();
});

test('a signal stops it', async () => {
  const teacher = identity('softmax', [0, 1, 2]);
  await expect(scoreOf(samples(rows), undefined, teacher, AbortSignal.abort())).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
