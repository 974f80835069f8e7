import { tf } from '@fuseinit/test-inputs/seeded-models';
import {
  denseNet,
  keepingModels,
  line,
  samples,
  slopeOf,
  weightsOf,
} from '@fuseinit/test-inputs/training-networks';
import type { Tensor } from '@fuseinit/tfjs';
import { describe, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const one = (x: number, y: number) => ({
  xs: { data: [x], shape: [1, 1] },
  ys: { data: [y], shape: [1, 1] },
});

/**
 * Loss -w has the gradient -1: with sgd at 1/8 the slope is 1/8 more after each epoch. Validation is (w -
 * 1/2)².
 */
const common = {
  tf,
  data: one(1, 0),
  loss: (labels: Tensor, predictions: Tensor) =>
    tf.tidy(() => {
      const [label] = labels.dataSync();
      return label === 0 ? tf.neg(predictions) : tf.squaredDifference(predictions, labels);
    }),
  validationData: one(1, 0.5),
  learningRate: 0.125,
  optimizer: tf.train.sgd,
  epochs: 12,
};
// After epochs 0, 1, 2, ... from 0.
const falls = [0.375, 0.25, 0.125, 0, 0.125, 0.25].map((distance) => distance ** 2);

describe('best weights', () => {
  test('are restored; epochs tell their losses', async () => {
    const student = made(line(0));
    const result = await fineTune(student, { ...common, epochs: 6 });
    expect(result.epochs.map(({ validationLoss }) => validationLoss)).toEqual(falls);
    expect(result.epochs.map(({ loss }) => loss)).toEqual([0, -0.125, -0.25, -0.375, -0.5, -0.625]);
    expect(result).toMatchObject({ bestEpoch: 3, startValidationLoss: 0.25, stoppedBy: 'epochs' });
    expect(slopeOf(student)).toBe(0.5);
  });

  test('are those of the last epoch where they are not asked for', async () => {
    const student = made(line(0));
    await fineTune(student, { ...common, epochs: 6, restoreBestWeights: false });
    expect(slopeOf(student)).toBe(0.75);
  });

  test('are those that came, where no epoch is better than the start: moments too', async () => {
    const student = made(denseNet(3, { norm: true }));
    const before = weightsOf(student);
    const validationData = { xs: samples(8, 1).xs, ys: samples(8, 1).ys };
    const { bestEpoch } = await fineTune(student, {
      tf,
      data: samples(8, 5),
      // Upwards: each step makes it worse.
      loss: (labels: Tensor, predictions: Tensor) =>
        tf.squaredDifference(labels, predictions).mul(labels.shape[0] === 8 ? 1 : -1),
      validationData,
      batchSize: 8,
      epochs: 2,
      learningRate: 10,
    });
    expect(bestEpoch).toBe(-1);
    expect(weightsOf(student)).toEqual(before);
  });

  test('are the lowest, however small a fall early stopping asks for', async () => {
    const student = made(line(0));
    const { bestEpoch } = await fineTune(student, {
      ...common,
      epochs: 6,
      earlyStopping: { patience: 6, minDelta: 1 },
    });
    expect(bestEpoch).toBe(3);
    expect(slopeOf(student)).toBe(0.5);
  });
});

describe('early stopping', () => {
  test.each([1, 2, 3])('stops patience %i epochs after the last fall', async (patience) => {
    const { epochs, stoppedBy } = await fineTune(made(line(0)), { ...common, earlyStopping: { patience } });
    // The last fall is epoch 3.
    expect([epochs.length, stoppedBy]).toEqual([4 + patience, 'earlyStopping']);
  });

  test('takes no smaller fall than minDelta for one', async () => {
    const { epochs } = await fineTune(made(line(0)), {
      ...common,
      earlyStopping: { patience: 2, minDelta: 0.1 },
    });
    // Of 1/4, 0.141, 0.063, 0.016, 0, ... epoch 0 and, from there, epoch 2 fall by 0.1; two more don't.
    expect(epochs).toHaveLength(5);
  });
});
