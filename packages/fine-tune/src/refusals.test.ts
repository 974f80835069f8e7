import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels, line, samples, weightsOf } from '@fuseinit/test-inputs/training-networks';
import { expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const data = samples(6, 1);
const layers = [{ student: 'hidden', teacher: 'hidden' }];

test.each<[string, Record<string, unknown>, RegExp]>([
  ['no tf', { tf: undefined }, /tf is undefined.*import \* as tf/],
  ['no epochs', { epochs: undefined }, /epochs is undefined: a positive integer/],
  ['half an epoch', { epochs: 0.5 }, /epochs is 0\.5/],
  ['batches of none', { batchSize: 0 }, /batchSize is 0: a positive integer/],
  ['a seed that is none', { seed: 'x' }, /seed is "x": an integer/],
  ['a rate below 0', { learningRate: -1 }, /learningRate is -1: a number from 0/],
  ['a function that gives no rate', { learningRate: () => Number.NaN }, /learningRate is NaN/],
  ['a warm-up below 0', { warmUp: -1 }, /warmUp is -1: a number of epochs/],
  ['an optimizer by name', { optimizer: 'adam' }, /optimizer is "adam": a function/],
  ['what is no optimizer', { optimizer: () => 'adam' }, /optimizer gave a string: a tf\.Optimizer/],
  ['onEpoch that is none', { onEpoch: 1 }, /onEpoch is 1: a function/],
  ['callbacks that are none', { callbacks: [null] }, /callbacks holds null/],
  ['distillation without a teacher', { distillation: {} }, /teacher is undefined: the model to distil from/],
  [
    'early stopping on nothing',
    { earlyStopping: { patience: 1 } },
    /validationData is undefined.*earlyStopping/,
  ],
  [
    'best weights of nothing',
    { restoreBestWeights: true },
    /validationData is undefined.*restoreBestWeights/,
  ],
  [
    'no patience',
    { validationData: data, earlyStopping: { patience: 0 } },
    /patience is 0: a positive integer/,
  ],
  [
    'a fall below 0',
    { validationData: data, earlyStopping: { patience: 1, minDelta: -1 } },
    /minDelta is -1: a number from 0/,
  ],
  ['a loss that tfjs lacks', { loss: 'mse2' }, /loss is "mse2": a name that tfjs compiles with/],
  ['a loss that is none', { loss: 5 }, /loss is 5: a name/],
  ['a loss that gives no tensor', { loss: () => 5 }, /loss function gave a number: a tensor/],
  [
    'two losses for one output',
    { loss: ['meanSquaredError', 'meanSquaredError'] },
    /2 losses came for 1 outputs/,
  ],
  ['a part below 0', { layerRates: { out: -1 } }, /layerRates\.out is -1: the part of the rate/],
  ['nothing to train', { layerRates: { hidden: 0, out: 0 } }, /Nothing is left to train/],
  ['no data', { data: undefined }, /undefined came as training data: \{ xs, ys \}/],
  ['data of a kind', { data: 'mnist' }, /a value of type string came as training data/],
  ['inputs of a kind', { data: { xs: 'mnist' } }, /xs holds a value of type string: tensors of numbers/],
  ['no sample', { data: { xs: seededData([0, 4], 1), ys: seededData([0, 3], 1) } }, /hold no sample/],
  ['no labels', { data: { xs: data.xs } }, /no labels \(ys\) and no teacher came/],
  ['no labels to validate on', { validationData: { xs: data.xs } }, /no labels \(ys\) and no teacher came/],
])('%s: ARGUMENT_INVALID', async (_name, options, message) => {
  const student = made(denseNet(1));
  const before = weightsOf(student);
  const error = await refusalOf(() =>
    fineTune(student, { tf, data, loss: 'meanSquaredError', epochs: 1, ...options } as never),
  );
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(message);
  expect(weightsOf(student)).toEqual(before);
});

test.each<[string, Record<string, unknown>, string, RegExp]>([
  ['a weight below 0', { outputs: -1 }, 'ARGUMENT_INVALID', /distillation\.outputs is -1: a number from 0/],
  ['no weight at all', { labels: 0, outputs: 0 }, 'ARGUMENT_INVALID', /by 0: one above 0/],
  ['temperature 0', { temperature: 0 }, 'ARGUMENT_INVALID', /temperature is 0: a number above 0/],
  ['no layers to weigh', { preActivations: 1 }, 'ARGUMENT_INVALID', /weighs no layer.*fusedLayers\(report\)/],
  [
    'a layer that is not there',
    { preActivations: 1, layers: [{ student: 'a', teacher: 'out' }] },
    'LAYER_UNKNOWN',
    /The student has no layer "a"\. It has hidden_input, hidden, out\./,
  ],
  [
    'layers of other shapes',
    { preActivations: 1, layers: [{ student: 'hidden', teacher: 'out' }] },
    'SHAPE_MISMATCH',
    /"hidden" of the student gives \[any,5\] and "out" of the teacher \[any,3\]/,
  ],
])('distillation, %s', async (_name, distillation, code, message) => {
  const [student, teacher] = [made(denseNet(1)), made(denseNet(2))];
  const error = await refusalOf(() =>
    fineTune(student, { tf, data, teacher, loss: 'meanSquaredError', epochs: 1, distillation }),
  );
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test('a teacher that reads another shape: SHAPE_MISMATCH', async () => {
  const [student, teacher] = [made(denseNet(1)), made(line(1))];
  const error = await refusalOf(() => fineTune(student, { tf, data, teacher, epochs: 1 }));
  expect(error.code).toBe('SHAPE_MISMATCH');
  expect(error.message).toMatch(/teacher's inputs are \[any,1\] and the student's \[any,4\]/);
});

test('a teacher that is the student, or shares a trained layer: ARGUMENT_INVALID', async () => {
  const student = made(denseNet(1));
  const error = await refusalOf(() => fineTune(student, { tf, data, teacher: student, epochs: 1 }));
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(/"hidden" of the student is the teacher's as well/);
});

test('a loss that reaches nothing trained: ARGUMENT_INVALID', async () => {
  const [student, teacher] = [made(denseNet(1)), made(denseNet(2))];
  const distillation = { labels: 0, outputs: 0, preActivations: 1, layers };
  const error = await refusalOf(() =>
    fineTune(student, { tf, data, teacher, epochs: 1, distillation, layerRates: { hidden: 0 } }),
  );
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(/depends on no layer that is trained/);
});

test('one optimizer for two rates: ARGUMENT_INVALID', async () => {
  const adam = tf.train.adam(0.1);
  const error = await refusalOf(() =>
    fineTune(made(denseNet(1)), { tf, data, epochs: 1, layerRates: { out: 0.5 }, optimizer: () => adam }),
  );
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(/same tf\.Optimizer twice/);
});

test('a layer that is not there in layerRates: LAYER_UNKNOWN', async () => {
  const options = { tf, data, epochs: 1, layerRates: { dense: 0.5 } };
  const error = await refusalOf(() => fineTune(made(denseNet(1)), options));
  expect([error.code, error.layerName]).toEqual(['LAYER_UNKNOWN', 'dense']);
  expect(error.message).toMatch(/It has hidden_input, hidden, out\./);
});

test('a second call while one trains: ARGUMENT_INVALID, and the first goes on', async () => {
  const student = made(denseNet(1));
  const options = { tf, data, loss: 'meanSquaredError', epochs: 2 };
  const first = fineTune(student, options);
  const error = await refusalOf(() => fineTune(student, options));
  expect(error.message).toMatch(/being trained by another call/);
  expect((await first).epochs).toHaveLength(2);
});

test('a warm-up of a dataset of unknown length: ARGUMENT_INVALID', async () => {
  const dataset = tf.data.generator(function* () {} as never) as never;
  const error = await refusalOf(() =>
    fineTune(made(denseNet(1)), { tf, data: dataset, epochs: 1, warmUp: 1 }),
  );
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(/this dataset has no size/);
});
