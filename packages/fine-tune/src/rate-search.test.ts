import { refusalOf } from '@fuseinit/test-inputs/refusal';
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
import type { TriedRate } from './fine-tune-state.js';

const made = keepingModels();
const one = { xs: { data: [1], shape: [1, 1] }, ys: { data: [0], shape: [1, 1] } };
const square = (labels: Tensor, predictions: Tensor) => tf.squaredDifference(labels, predictions);
const common = { tf, data: one, validationData: one, learningRate: 'auto' as const, optimizer: tf.train.sgd };

/**
 * The loss scale·w² after ten steps of gradient descent from w = 1, whose rate falls along a cosine: each
 * step multiplies w by 1 - 2·scale·rate.
 */
function lossAfterTen(rate: number, scale: number): number {
  const factors = Array.from({ length: 10 }, (_, step) => {
    return 1 - scale * rate * (1 + Math.cos((Math.PI * step) / 10));
  });
  return scale * factors.reduce((product, factor) => product * factor, 1) ** 2;
}

describe('a search', () => {
  test.each([
    ['to higher rates while they are better', 1, [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3], 0.3],
    ['to higher rates until one is worse', 60, [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], 1e-2],
    ['to lower rates', 6000, [3e-4, 1e-3, 1e-4, 3e-5], 1e-4],
  ])('goes %s', async (_name, scale, rates, chosen) => {
    const loss = (labels: Tensor, predictions: Tensor) => square(labels, predictions).mul(scale);
    const student = made(line(1));
    const told: TriedRate[] = [];
    const { rateSearch } = await fineTune(student, {
      ...common,
      loss,
      epochs: 10,
      onTriedRate: (tried) => told.push(tried),
    });
    expect(rateSearch).toMatchObject({ learningRate: chosen, steps: 10, startLoss: scale });
    expect(rateSearch!.tried.map(({ learningRate }) => learningRate)).toEqual(rates);
    expect(told).toEqual(rateSearch!.tried);
    for (const { learningRate, loss: after } of told) {
      const expected = lossAfterTen(learningRate, scale);
      // Float32 weights and gradients, over ten steps.
      expect(Math.abs(after! - expected)).toBeLessThan(1e-5 * Math.max(1, expected));
    }
  });

  test('goes below rates that lead to no number', async () => {
    const loss = (labels: Tensor, predictions: Tensor) => square(labels, predictions).mul(1e6);
    const { rateSearch } = await fineTune(made(line(1)), { ...common, loss, epochs: 10 });
    // By the formula, 4e52 and 7e42, which float32 doesn't hold; then 2e31, 7e21, 5e10 and nearly 0.
    expect(rateSearch!.tried.map(({ learningRate, loss }) => [learningRate, loss === null])).toEqual([
      [3e-4, true],
      [1e-4, true],
      [3e-5, false],
      [1e-5, false],
      [3e-6, false],
      [1e-6, false],
    ]);
    expect(rateSearch!.learningRate).toBe(1e-6);
  });

  test('ends with the solved weights where no rate is better than the start', async () => {
    const student = made(line(1));
    // Training goes upwards from where validation has its minimum.
    const loss = (labels: Tensor, predictions: Tensor) =>
      square(labels, predictions).mul(labels.dataSync()[0] === 0 ? -1 : 1);
    const validationData = { xs: one.xs, ys: one.xs };
    const { rateSearch, bestEpoch } = await fineTune(student, {
      ...common,
      validationData,
      loss,
      epochs: 10,
    });
    expect(rateSearch).toMatchObject({ startLoss: 0, learningRate: 1e-6 });
    expect(rateSearch!.tried.every((tried) => tried.loss! > 0)).toBe(true);
    expect(bestEpoch).toBe(-1);
    expect(slopeOf(student)).toBe(1);
  });

  test('judges by the training loss where there is nothing to validate on', async () => {
    const { validationData: _, ...options } = common;
    const student = made(line(1));
    const { rateSearch, startValidationLoss } = await fineTune(student, {
      ...options,
      loss: square,
      epochs: 10,
    });
    expect(startValidationLoss).toBeNull();
    expect(rateSearch).toMatchObject({ learningRate: 0.3, startLoss: 1 });
    expect(slopeOf(student)).toBeLessThan(1);
  });

  test('leaves nothing behind: training is that with the rate given', async () => {
    const options = {
      tf,
      data: samples(8, 1),
      validationData: samples(6, 3),
      loss: 'meanSquaredError',
      batchSize: 8,
      epochs: 4,
      restoreBestWeights: false,
    };
    const [searched, told] = [made(denseNet(2, { norm: true })), made(denseNet(2, { norm: true }))];
    const { rateSearch, epochs } = await fineTune(searched, { ...options, learningRate: 'auto' });
    // Each epoch is one batch, so that its rate is that of its step.
    const learningRate = (epoch: number) =>
      rateSearch!.learningRate * ((1 + Math.cos((Math.PI * epoch) / 4)) / 2);
    const given = await fineTune(told, { ...options, learningRate });
    expect(weightsOf(searched)).toEqual(weightsOf(told));
    expect(epochs.map(({ loss }) => loss)).toEqual(given.epochs.map(({ loss }) => loss));
    expect(epochs.map((epoch) => epoch.learningRate)).toEqual(
      given.epochs.map((epoch) => epoch.learningRate),
    );
    expect(given.rateSearch).toBeNull();
  });

  test('takes 30 steps a rate, more in a long training, and no more than the training itself', async () => {
    const stepsOf = async (epochs: number, count: number) => {
      const student = made(line(1));
      const data = {
        xs: { data: new Float32Array(count).fill(1), shape: [count, 1] },
        ys: { data: new Float32Array(count), shape: [count, 1] },
      };
      const stop = {
        onEpochEnd() {
          (student as { stopTraining?: boolean }).stopTraining = true;
        },
      };
      const options = { ...common, data, loss: square, batchSize: 1, epochs, callbacks: stop };
      return (await fineTune(student, options)).rateSearch!.steps;
    };
    expect(await stepsOf(2, 7)).toBe(14);
    expect(await stepsOf(10, 7)).toBe(30);
    // A quarter of 100·8 steps in four trials.
    expect(await stepsOf(100, 8)).toBe(50);
    expect(await stepsOf(1000, 8)).toBe(100);
  });
});

test('an abort while rates are tried leaves the weights as they were', async () => {
  const student = made(denseNet(3, { norm: true }));
  const before = weightsOf(student);
  const stopped = new AbortController();
  const error = await refusalOf(() =>
    fineTune(student, {
      tf,
      data: samples(8, 5),
      loss: 'meanSquaredError',
      batchSize: 2,
      epochs: 2,
      learningRate: 'auto',
      signal: stopped.signal,
      onTriedRate: () => stopped.abort(),
    }),
  );
  expect(error.code).toBe('ABORTED');
  expect(weightsOf(student)).toEqual(before);
});

test('an optimizer that was given before is refused', async () => {
  const adam = tf.train.adam(1);
  const error = await refusalOf(() =>
    fineTune(made(line(1)), { ...common, loss: square, epochs: 1, optimizer: () => adam }),
  );
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(/same tf\.Optimizer twice/);
  adam.dispose();
});
