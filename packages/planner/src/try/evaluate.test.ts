import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { evaluate, joinScores } from './evaluate.js';

/** A dense layer that gives its inputs as they are. */
function identity(units: number) {
  const model = tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [units], useBias: false })] });
  tf.tidy(() => model.setWeights([tf.eye(units)]));
  return model;
}

type Activation = 'softmax' | 'sigmoid' | 'relu';
/** The inputs through an activation. */
const ending = (units: number, activation: Activation) => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units, inputShape: [units], useBias: false, activation })],
  });
  tf.tidy(() => model.setWeights([tf.eye(units)]));
  return model;
};

const rows = (values: number[], units: number) => ({
  data: Float32Array.from(values),
  shape: [values.length / units, units],
});

test('accuracy is the share of samples whose largest output is the label’s, whatever the batches', async () => {
  const model = ending(3, 'softmax');
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

test('linear outputs are numbers against a row of them for each sample', async () => {
  const model = identity(4);
  const data = rows([1, 2, 3, 4, 0, 0, 0, 8], 4);
  // Off by 1, 0, 0, 0 and 0, 0, 0, 5.
  const labels = [0, 2, 3, 4, 0, 0, 0, 3];
  for (const batchSize of [1, 256])
    expect(await evaluate(tf, model, { ...data, labels }, batchSize)).toEqual({
      kind: 'error',
      value: 26 / 8,
      count: 2,
    });
  model.dispose();
});

test('one label for each of several linear outputs is a class only if it is said or stored so', async () => {
  const model = identity(4);
  const labelled = { ...rows([0, 9, 0, 0, 1, 0, 0, 0], 4), labels: [1, 3] };
  await expect(evaluate(tf, model, labelled)).rejects.toThrow(
    /one label for each sample, the model has 4 outputs.*'classification'.*'regression'/,
  );
  const score = { kind: 'accuracy', value: 1 / 2, count: 2 };
  expect(await evaluate(tf, model, { ...labelled, task: 'classification' })).toEqual(score);
  expect(await evaluate(tf, model, { ...labelled, labels: Int32Array.of(1, 3) })).toEqual(score);
  await expect(evaluate(tf, model, { ...labelled, task: 'regression' })).rejects.toThrow(/8 were expected/);
  model.dispose();
});

test('the loss that a model was compiled with tells the task that its end leaves open', async () => {
  const data = rows([0, 9, 0, 0], 2);
  const model = identity(2);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  // Int32 labels don't make classes of it.
  await expect(evaluate(tf, model, { ...data, labels: Int32Array.of(1, 0) })).rejects.toThrow(
    /1 labels for each sample, and the model has 2 outputs: 2 numbers/,
  );
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  expect(await evaluate(tf, model, { ...data, labels: [1, 0] })).toMatchObject({
    kind: 'accuracy',
    value: 1,
  });
  model.dispose();
});

test('a probability is cut at a half and a logit at 0', async () => {
  // Sigmoids of -1, 1/4, 3: of these a cut at 0.5 of the logit would lose the second.
  const logits = { ...rows([-1, 0.25, 3], 1), labels: [0, 1, 1] };
  const accuracy = { kind: 'accuracy', value: 1, count: 3 };
  const [sigmoid, linear, relu] = [ending(1, 'sigmoid'), identity(1), ending(1, 'relu')];
  expect(await evaluate(tf, sigmoid, logits)).toEqual(accuracy);
  expect(await evaluate(tf, linear, { ...logits, task: 'classification' })).toEqual(accuracy);
  expect(await evaluate(tf, linear, { ...logits, task: 'classification', threshold: 0.5 })).toMatchObject({
    value: 2 / 3,
  });
  await expect(evaluate(tf, linear, logits)).rejects.toThrow(/All labels are 0 or 1, and no sigmoid/);
  await expect(evaluate(tf, relu, { ...logits, task: 'classification' })).rejects.toThrow(
    /Give the threshold/,
  );
  for (const model of [sigmoid, linear, relu]) model.dispose();
});

test('one output is a number for labels that are more than 0 and 1', async () => {
  const model = identity(1);
  const data = rows([0.2, 0.7, 0.9, 0.1], 1);
  const { kind, value } = await evaluate(tf, model, { ...data, labels: [1.2, 0.7, 0.9, 0.1] });
  expect(kind).toBe('error');
  expect(value).toBeCloseTo(1 / 4, 6);
  model.dispose();
});

test('numbers of outputs of more axes are all compared, and classes in them are refused', async () => {
  const model = tf.sequential({
    layers: [tf.layers.reshape({ targetShape: [2, 2], inputShape: [4] })],
  });
  const data = rows([1, 2, 3, 4, 5, 6, 7, 8], 4);
  expect(
    await evaluate(tf, model, { ...data, labels: [1, 2, 3, 5, 5, 6, 7, 11], task: 'regression' }),
  ).toEqual({ kind: 'error', value: 10 / 8, count: 2 });
  await expect(evaluate(tf, model, { ...data, labels: [0, 1], task: 'classification' })).rejects.toThrow(
    /\[batch, 2, 2\]: accuracy is known for one row of classes/,
  );
  model.dispose();
});

test('each of several sigmoids tells of a label by itself, as BinaryAccuracy of Keras counts', async () => {
  const model = ending(3, 'sigmoid');
  // Labels held by the outputs: 1 0 1, 0 0 1, 1 1 1; an output of exactly 0.5 holds none.
  const data = rows([2, -1, 0.1, -3, 0, 4, 1, 1, 1], 3);
  const labels = [1, 0, 1, 0, 1, 1, 0, 1, 1];
  const score = { kind: 'binaryAccuracy', value: 7 / 9, exactMatch: 1 / 3, count: 3 };
  for (const batchSize of [1, 2, 256]) {
    const { value, ...others } = await evaluate(tf, model, { ...data, labels }, batchSize);
    expect(value).toBeCloseTo(score.value, 12);
    expect({ ...others, value: score.value }).toEqual(score);
  }
  // A cut at 0.95 loses 0.1, 2 and 1.
  expect(await evaluate(tf, model, { ...data, labels, threshold: 0.95 })).toMatchObject({ exactMatch: 0 });
  // Every sample of one class: the index or a one-hot row says the same.
  for (const classes of [
    [0, 2, 1],
    [1, 0, 0, 0, 0, 1, 0, 1, 0],
  ])
    expect(await evaluate(tf, model, { ...data, labels: classes })).toMatchObject({
      kind: 'accuracy',
      value: 2 / 3,
    });
  model.dispose();
});

test('logits of labels are cut at 0 where the task is said', async () => {
  const model = identity(2);
  const data = { ...rows([0.25, -1, -2, 3], 2), labels: [1, 1, 0, 1] };
  expect(await evaluate(tf, model, { ...data, task: 'multiLabel' })).toEqual({
    kind: 'binaryAccuracy',
    value: 3 / 4,
    exactMatch: 1 / 2,
    count: 2,
  });
  expect(await evaluate(tf, model, { ...data, task: 'regression' })).toMatchObject({ kind: 'error' });
  await expect(evaluate(tf, model, data)).rejects.toThrow(/All labels are 0 or 1, and no sigmoid/);
  model.dispose();
});

test('labels of several sigmoids that are not 0 or 1 for each are refused', async () => {
  const model = ending(2, 'sigmoid');
  const data = rows([1, 0, 0, 1], 2);
  await expect(evaluate(tf, model, { ...data, labels: [1, 1, Number.NaN, 1] })).rejects.toThrow(
    /2 numbers a sample, which are not all 0 or 1/,
  );
  const refused = (labels: number[]) => evaluate(tf, model, { ...data, labels, task: 'multiLabel' });
  await expect(refused([1, 1, Number.NaN, 1])).rejects.toThrow(/Label 0 of sample 1 is NaN: 0 or 1/);
  await expect(refused([1, 1, 1, 2])).rejects.toThrow(/Label 1 of sample 1 is 2/);
  await expect(refused([1, 1, 1, 1, 1, 1])).rejects.toThrow(/6 labels came for 2 samples of 2 outputs: 4/);
  await expect(evaluate(tf, model, { ...data, labels: [1, 1, 1, 1, 1, 1] })).rejects.toThrow(
    /3 labels for each sample, and the model has 2 outputs/,
  );
  model.dispose();
});

test('a model that gives NaN has no score', async () => {
  const model = ending(2, 'softmax');
  const data = rows([1, Number.NaN, 0, 1], 2);
  await expect(evaluate(tf, model, { ...data, labels: [0, 1] })).rejects.toMatchObject({
    code: 'VALUE_NOT_FINITE',
  });
  model.dispose();
});

test('the scores of parts are weighted by their samples', () => {
  const part = (value: number, exactMatch: number, count: number) =>
    ({ kind: 'binaryAccuracy', value, exactMatch, count }) as const;
  expect(joinScores([part(0.5, 0.25, 1), part(1, 0.75, 3)])).toEqual(part(0.875, 0.625, 4));
});

test('labels that do not fit are refused with their row', async () => {
  const model = ending(2, 'softmax');
  const data = rows([1, 0, 0, 1], 2);
  await expect(evaluate(tf, model, { ...data, labels: [0] })).rejects.toThrow(/0\.5 labels for each sample/);
  const task = 'classification';
  await expect(evaluate(tf, model, { ...data, labels: [0], task })).rejects.toThrow(
    /1 labels came for 2 samples/,
  );
  await expect(
    evaluate(tf, model, { ...data, labels: [0, 1, Number.NaN, 1], task: 'regression' }),
  ).rejects.toThrow(/Label 0 of sample 1 is NaN/);
  for (const wrong of [2, -1, 0.5, Number.NaN])
    await expect(evaluate(tf, model, { ...data, labels: [0, wrong] })).rejects.toThrow(/sample 1 is/);
  model.dispose();
});
