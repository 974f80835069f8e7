import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { fingerprint, tf } from '@fuseinit/test-inputs/seeded-models';
import {
  denseNet,
  keepingModels,
  line,
  samples,
  slopeOf,
  weightsOf,
} from '@fuseinit/test-inputs/training-networks';
import type { LayersModel, Tensor } from '@fuseinit/tfjs';
import { describe, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const data = samples(6, 1);
const common = { tf, data, loss: 'meanSquaredError', batchSize: 2, epochs: 3 };
const activationsOf = (model: LayersModel) =>
  model.layers.map((layer) => (layer as unknown as { activation?: unknown }).activation);

// Every test ends without a tensor left, which `keepingModels` holds.
describe('an abort', () => {
  test('before the start changes nothing', async () => {
    const student = made(denseNet(1));
    const before = weightsOf(student);
    const signal = AbortSignal.abort('enough');
    const error = await refusalOf(() => fineTune(student, { ...common, signal }));
    expect([error.code, error.cause]).toEqual(['ABORTED', 'enough']);
    expect(weightsOf(student)).toEqual(before);
  });

  test('within a batch leaves the best weights', async () => {
    const student = made(line(0));
    const controller = new AbortController();
    const one = { xs: { data: [1, 1, 1, 1], shape: [4, 1] }, ys: { data: [1, 1, 1, 1], shape: [4, 1] } };
    let afterEpoch = Number.NaN;
    const error = await refusalOf(() =>
      fineTune(student, {
        ...common,
        data: one,
        validationData: one,
        learningRate: 0.05,
        optimizer: tf.train.sgd,
        signal: controller.signal,
        onEpoch: () => {
          afterEpoch = slopeOf(student);
        },
        callbacks: {
          onBatchBegin: async () => {
            if (!Number.isNaN(afterEpoch)) controller.abort();
          },
        },
      }),
    );
    expect(error.code).toBe('ABORTED');
    expect(slopeOf(student)).toBe(afterEpoch);
  });
});

describe('an error', () => {
  test.each(['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'])(
    'of a callback in %s comes through, and the models are as before but for steps',
    async (event) => {
      const [student, teacher] = [made(denseNet(1)), made(denseNet(2))];
      const [before, taught] = [activationsOf(student), activationsOf(teacher)];
      const print = fingerprint(teacher);
      const own = new Error('own');
      const callbacks = {
        [event]: async () => {
          throw own;
        },
      };
      const distillation = { preActivations: 1, layers: [{ student: 'hidden', teacher: 'hidden' }] };
      await expect(
        fineTune(student, { ...common, validationData: data, teacher, distillation, callbacks }),
      ).rejects.toBe(own);
      expect([activationsOf(student), activationsOf(teacher)]).toEqual([before, taught]);
      expect(fingerprint(teacher)).toBe(print);
      expect(Object.hasOwn(student, 'stopTraining')).toBe(false);
    },
  );

  test.each([1, 3])('of a loss at its call %i leaves nothing behind', async (call) => {
    let calls = 0;
    const own = new Error('own');
    const loss = (labels: Tensor, predictions: Tensor) => {
      if (++calls === call) throw own;
      return tf.squaredDifference(labels, predictions);
    };
    const teacher = made(denseNet(2));
    await expect(fineTune(made(denseNet(1)), { ...common, teacher, loss })).rejects.toBe(own);
  });

  test('of an optimizer leaves nothing behind', async () => {
    const own = new Error('own');
    const optimizer = (rate: number) => {
      const made = tf.train.adam(rate);
      made.applyGradients = () => {
        throw own;
      };
      return made;
    };
    await expect(fineTune(made(denseNet(1)), { ...common, optimizer })).rejects.toBe(own);
  });
});

describe('a loss that is no number any more', () => {
  test('in the last step of all too: VALUE_NOT_FINITE, and the last finite weights', async () => {
    const student = made(line(1));
    const one = { xs: { data: [1], shape: [1, 1] }, ys: { data: [0], shape: [1, 1] } };
    const error = await refusalOf(() =>
      fineTune(student, { ...common, data: one, epochs: 1, learningRate: 3e38, optimizer: tf.train.sgd }),
    );
    expect(error.code).toBe('VALUE_NOT_FINITE');
    expect(error.message).toMatch(/Epoch 0 ended .*lower the learning rate \(3e\+38\)/);
    expect(slopeOf(student)).toBe(1);
  });

  test('before any training: said so', async () => {
    const student = made(line(Number.NaN));
    const one = { xs: { data: [1], shape: [1, 1] }, ys: { data: [0], shape: [1, 1] } };
    const error = await refusalOf(() => fineTune(student, { ...common, data: one, validationData: one }));
    expect(error.code).toBe('VALUE_NOT_FINITE');
    expect(error.message).toMatch(/validation loss is NaN before any training/);
  });
});

test.each([tf.train.sgd, tf.train.adam, (rate: number) => tf.train.momentum(rate, 0.9)])(
  'optimizers are disposed with all they hold',
  async (optimizer) => {
    const { epochs } = await fineTune(made(denseNet(1)), { ...common, optimizer, layerRates: { out: 0.5 } });
    expect(epochs).toHaveLength(3);
  },
);
