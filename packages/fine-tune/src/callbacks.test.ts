import { tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels, samples } from '@fuseinit/test-inputs/training-networks';
import type { LayersModel } from '@fuseinit/tfjs';
import { describe, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const common = { tf, data: samples(6, 1), loss: 'meanSquaredError', batchSize: 3, epochs: 4 };
const callbacks = (log: [string, ...unknown[]][]) => ({
  onTrainBegin: async () => void log.push(['trainBegin']),
  onTrainEnd: async () => void log.push(['trainEnd']),
  onEpochBegin: async (epoch: number) => void log.push(['epochBegin', epoch]),
  onEpochEnd: async (epoch: number, logs: object | undefined) =>
    void log.push(['epochEnd', epoch, Object.keys(logs!)]),
  onBatchBegin: async (batch: number) => void log.push(['batchBegin', batch]),
  onBatchEnd: async (batch: number, logs: object | undefined) =>
    void log.push(['batchEnd', batch, Object.keys(logs!)]),
});

test('callbacks are called in the order and with the logs of fit', async () => {
  const [own, fits]: [string, ...unknown[]][][] = [[], []];
  await fineTune(made(denseNet(1)), {
    ...common,
    epochs: 2,
    validationData: samples(3, 3),
    callbacks: callbacks(own!),
  });
  const fitted = made(denseNet(1));
  fitted.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const [xs, ys] = [tf.zeros([6, 4]), tf.zeros([6, 3])];
  await fitted.fit(xs, ys, {
    batchSize: 3,
    epochs: 2,
    verbose: 0,
    validationData: [xs, ys],
    callbacks: callbacks(fits!),
  });
  tf.dispose([xs, ys]);
  // The order of keys in a log says nothing.
  const sorted = (log: [string, ...unknown[]][]) =>
    log.map((entry) => entry.map((part) => (Array.isArray(part) ? [...part].sort() : part)));
  expect(sorted(own!)).toEqual(sorted(fits!));
});

test('the losses in the logs are those of the result', async () => {
  const logged: unknown[] = [];
  const { epochs } = await fineTune(made(denseNet(1)), {
    ...common,
    validationData: samples(3, 3),
    callbacks: [{ onEpochEnd: async (_epoch, logs) => void logged.push(logs) }],
  });
  expect(logged).toEqual(epochs.map(({ loss, validationLoss }) => ({ loss, val_loss: validationLoss })));
});

function functional(): LayersModel {
  const input = tf.input({ shape: [4] });
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 3 }).apply(input) as typeof input });
}
const compiled = () => {
  const model = denseNet(1);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
};

describe('stopTraining', () => {
  test.each([
    ['a Sequential that is not compiled', () => denseNet(1)],
    ['a functional model that is not compiled', functional],
    ['a compiled model', compiled],
  ] as const)('of %s ends the training after the epoch', async (_name, make) => {
    const student = made(make());
    const { epochs, stoppedBy } = await fineTune(student, {
      ...common,
      callbacks: {
        onEpochEnd: async (epoch) => {
          if (epoch === 1) student.stopTraining = true;
        },
      },
    });
    expect([epochs.length, stoppedBy]).toEqual([2, 'callback']);
    // A flag of an earlier run doesn't stop the next.
    expect((await fineTune(student, common)).epochs).toHaveLength(4);
    expect(Object.hasOwn(student, 'stopTraining')).toBe(false);
  });

  test('in a batch ends the epoch at once, as in fit', async () => {
    const student = made(denseNet(1));
    let batches = 0;
    const { epochs } = await fineTune(student, {
      ...common,
      batchSize: 1,
      callbacks: {
        onBatchEnd: async () => {
          batches++;
          student.stopTraining = true;
        },
      },
    });
    expect([batches, epochs.length]).toEqual([1, 1]);
  });

  test('by tf.callbacks.earlyStopping', async () => {
    const { epochs, stoppedBy } = await fineTune(made(denseNet(1)), {
      ...common,
      epochs: 9,
      learningRate: 0,
      validationData: samples(3, 3),
      callbacks: tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 }),
    });
    // The first epoch is its best, two more are no better.
    expect([epochs.length, stoppedBy]).toEqual([3, 'callback']);
  });
});

test('a compiled student stays compiled, its optimizer its own', async () => {
  const student = made(compiled());
  await fineTune(student, { ...common, loss: undefined as never });
  const [xs, ys] = [tf.zeros([2, 4]), tf.zeros([2, 3])];
  await student.fit(xs, ys, { verbose: 0 });
  tf.dispose([xs, ys]);
});
