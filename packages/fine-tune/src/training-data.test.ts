import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import {
  denseNet,
  keepingModels,
  line,
  samples,
  slopeOf,
  weightsOf,
} from '@fuseinit/test-inputs/training-networks';
import { describe, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';
import type { FineTuneOptions } from './fine-tune-options.js';

const made = keepingModels();
const data = samples(7, 1);
const common = { tf, data, loss: 'meanSquaredError', batchSize: 3, epochs: 2 };
type Container = Parameters<typeof tf.data.array>[0][number];

/** Rows of the samples as a dataset, `change` from element to element. */
const rowsOf = (change: (row: { xs: Container; ys: Container }) => Container) =>
  tf.data.array(
    Array.from({ length: 7 }, (_, row) =>
      change({
        xs: Array.from(data.xs.data.subarray(row * 4, row * 4 + 4)) as never,
        ys: Array.from(data.ys.data.subarray(row * 3, row * 3 + 3)) as never,
      }),
    ) as never,
  ) as unknown as ReturnType<typeof tf.data.array>;
const asData = (dataset: unknown) => dataset as FineTuneOptions['data'];

async function trained(options: Partial<FineTuneOptions>) {
  const student = made(denseNet(3));
  const { epochs } = await fineTune(student, { ...common, ...options });
  return { weights: weightsOf(student), losses: epochs.map(({ loss }) => loss) };
}

test('tensors, int32 too, stay the caller’s and train as arrays do', async () => {
  const whole = (entry: { data: Float32Array; shape: readonly number[] }) => ({
    ...entry,
    data: entry.data.map((value) => Math.round(value * 5)),
  });
  const [xs, ys] = [whole(data.xs), whole(data.ys)];
  const tensors = [xs, ys].map((entry) => tf.tensor(entry.data, [...entry.shape], 'int32'));
  const expected = await trained({ data: { xs, ys } });
  expect(await trained({ data: { xs: tensors[0]!, ys: tensors[1]! } })).toEqual(expected);
  expect(tensors.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
  tf.dispose(tensors);
});

describe('a dataset', () => {
  test('trains as it comes, the smaller last batch weighed by its samples, and is measured the same', async () => {
    const dataset = asData(rowsOf((row) => row).batch(3));
    const { losses } = await trained({
      data: dataset,
      validationData: dataset,
      learningRate: 0,
      optimizer: tf.train.sgd,
    });
    const held = await trained({ learningRate: 0, optimizer: tf.train.sgd });
    // Sums of float32 in another order.
    for (const loss of losses) expect(loss).toBeCloseTo(held.losses[0]!, 5);
  });

  test('of int32 numbers trains', async () => {
    const ints = asData(
      tf.data.generator(function* () {
        yield { xs: tf.ones([2, 4], 'int32'), ys: tf.ones([2, 3], 'int32'), weights: tf.ones([2]) };
      } as never),
    );
    expect((await trained({ data: ints })).losses[1]).toBeGreaterThan(0);
  });

  test('with names gives inputs and labels in the model’s order', async () => {
    const [a, b] = [tf.input({ shape: [1], name: 'a' }), tf.input({ shape: [1], name: 'b' })];
    const apply = (layer: ReturnType<typeof tf.layers.dense>, input: typeof a) =>
      layer.apply(input) as typeof a;
    const zero = { useBias: false, kernelInitializer: 'zeros' } as const;
    const student = made(
      tf.model({
        inputs: [a, b],
        outputs: [
          apply(tf.layers.dense({ name: 'one', units: 1, ...zero }), a),
          apply(tf.layers.dense({ name: 'two', units: 1, ...zero }), b),
        ],
      }),
    );
    // b and two first: a is 1 and one -1, b is 10 and two 0.
    const element = { xs: { b: [10], a: [1] }, ys: { two: [0], one: [-1] } };
    const dataset = asData(tf.data.array([element] as never).batch(1));
    await fineTune(student, {
      ...common,
      data: dataset,
      epochs: 1,
      learningRate: 0.5,
      optimizer: tf.train.sgd,
    });
    // The gradient of (w + 1)² at 0 is 2; that of (10 w)² is 0.
    expect(weightsOf(student)).toEqual([[-1], [0]]);
  });

  test.each<[string, () => unknown, string, RegExp]>([
    [
      'without xs',
      () => rowsOf(({ ys }) => ({ ys })).batch(3),
      'ARGUMENT_INVALID',
      /without xs.*tf\.data\.zip/,
    ],
    ['of tensors alone', () => tf.data.array([[1, 2]]).batch(1), 'ARGUMENT_INVALID', /without xs/],
    [
      'without labels',
      () => rowsOf(({ xs }) => ({ xs })).batch(3),
      'ARGUMENT_INVALID',
      /no labels \(ys\) and no teacher/,
    ],
    ['not batched', () => rowsOf((row) => row), 'ARGUMENT_INVALID', /without xs.*batch\(n\)/],
    ['of no batch', () => tf.data.array([] as never), 'ARGUMENT_INVALID', /gave no batch/],
    [
      'without an end',
      () =>
        rowsOf((row) => row)
          .batch(3)
          .repeat(),
      'ARGUMENT_INVALID',
      /without end.*take\(n\)/,
    ],
    [
      'with other names',
      () => rowsOf(({ xs, ys }) => ({ xs: { image: xs }, ys })).batch(3),
      'SHAPE_MISMATCH',
      /named image: the model's names, hidden_input/,
    ],
  ])('%s is refused, its tensors disposed', async (_name, dataset, code, message) => {
    const error = await refusalOf(() => trained({ data: asData(dataset()) }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe('labels', () => {
  test.each<[string, Partial<FineTuneOptions>, string, RegExp]>([
    [
      'of one column for three',
      { data: { ...data, ys: seededData([7, 1], 4) } },
      'SHAPE_MISMATCH',
      /\[3,1\] .* "out" of \[3,3\]/,
    ],
    ['of four for three', { data: { ...data, ys: seededData([7, 4], 4) } }, 'SHAPE_MISMATCH', /\[3,4\]/],
    [
      'class numbers for one-hot',
      { data: { ...data, ys: seededData([7], 4) }, loss: 'categoricalCrossentropy' },
      'SHAPE_MISMATCH',
      /tf\.oneHot.*sparseCategoricalCrossentropy/,
    ],
    [
      'one-hot for class numbers',
      { loss: 'sparseCategoricalCrossentropy' },
      'SHAPE_MISMATCH',
      /number of one class/,
    ],
    [
      'of two outputs',
      { data: { ...data, ys: [data.ys, data.ys] } },
      'SHAPE_MISMATCH',
      /2 outputs came; the student has 1/,
    ],
    ['fewer than inputs', { data: { ...data, ys: seededData([6, 3], 4) } }, 'SHAPE_MISMATCH', /7, 6 samples/],
    [
      'NaN',
      { data: { ...data, ys: { data: new Float32Array(21).fill(Number.NaN), shape: [7, 3] } } },
      'VALUE_NOT_FINITE',
      /ys .* NaN/,
    ],
    ['without a loss', { loss: undefined as never }, 'ARGUMENT_INVALID', /isn't compiled and no loss came/],
  ])('%s are refused before any step', async (_name, options, code, message) => {
    const student = made(denseNet(3));
    const before = weightsOf(student);
    const error = await refusalOf(() => fineTune(student, { ...common, ...options }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(weightsOf(student)).toEqual(before);
  });

  test('a list of numbers is one for each sample, not for each pair', async () => {
    const student = made(line(0));
    const list = { xs: { data: [1, 1], shape: [2, 1] }, ys: { data: [1, 3], shape: [2] } };
    const { epochs } = await fineTune(student, {
      ...common,
      data: list,
      epochs: 1,
      learningRate: 0.125,
      optimizer: tf.train.sgd,
    });
    // Mean of 1² and 3², whose gradient is -(2 + 6) / 2.
    expect([epochs[0]!.loss, slopeOf(student)]).toEqual([5, 0.5]);
  });

  test('class numbers train by the sparse loss as one-hot ones do by the other', async () => {
    const [classes, oneHot] = [[0, 2, 1, 1, 0, 2, 2], new Float32Array(21)];
    for (const [row, index] of classes.entries()) oneHot[row * 3 + index] = 1;
    const losses = async (options: Partial<FineTuneOptions>) => {
      const { epochs } = await fineTune(made(denseNet(3, { activation: 'softmax' })), {
        ...common,
        ...options,
      });
      return epochs.map(({ loss }) => loss);
    };
    const dense = await losses({
      data: { ...data, ys: { data: oneHot, shape: [7, 3] } },
      loss: 'categoricalCrossentropy',
    });
    const sparse = await losses({
      data: { ...data, ys: { data: classes, shape: [7] } },
      loss: 'sparseCategoricalCrossentropy',
    });
    // The sparse one clips probabilities a second time, at 1e-7.
    for (const [epoch, loss] of sparse.entries()) expect(loss).toBeCloseTo(dense[epoch]!, 5);
  });
});
