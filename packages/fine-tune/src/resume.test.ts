import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels, samples, weightsOf } from '@fuseinit/test-inputs/training-networks';
import type * as tfjs from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import type { FineTuneState } from './fine-tune-state.js';

const made = keepingModels();
const common = {
  tf,
  data: samples(10, 1),
  validationData: samples(6, 3),
  loss: 'meanSquaredError',
  batchSize: 3,
  learningRate: 0.01,
  layerRates: { out: 0.5 },
};
const makers: [string, (rate: number) => tfjs.Optimizer][] = [
  ['adam', tf.train.adam],
  ['rmsprop', tf.train.rmsprop],
  // tfjs subtracts epsilon from the variance, so a usual one makes roots of what is below 0.
  ['rmsprop, centered', (rate) => tf.train.rmsprop(rate, 0.9, 0.5, 1e-15, true)],
  ['momentum', (rate) => tf.train.momentum(rate, 0.9)],
  ['sgd', tf.train.sgd],
  ['adagrad', (rate) => tf.train.adagrad(rate)],
  ['adadelta', (rate) => tf.train.adadelta(rate)],
];

async function stateAfter(epochs: number, options: Partial<FineTuneOptions> = {}): Promise<FineTuneState> {
  let state: FineTuneState | undefined;
  await fineTune(made(denseNet(2, { norm: true })), {
    ...common,
    ...options,
    epochs,
    onEpoch: async (_epoch, save) => {
      state = structuredClone(await save());
    },
  });
  return state!;
}

describe('a resumed run', () => {
  test.each(makers)('with %s ends as an uninterrupted one, to the last bit', async (_name, optimizer) => {
    const whole = made(denseNet(2, { norm: true }));
    const options = { ...common, optimizer, restoreBestWeights: false };
    const uninterrupted = await fineTune(whole, { ...options, epochs: 8 });
    const state = await stateAfter(5, options);
    const resumed = made(denseNet(99, { norm: true }));
    const rest = await fineTune(resumed, { ...options, epochs: 8, resume: state });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    expect(rest.epochs.map(({ loss }) => loss)).toEqual(
      uninterrupted.epochs.slice(5).map(({ loss }) => loss),
    );
    expect(rest.bestEpoch).toBe(uninterrupted.bestEpoch);
  });

  test("goes on with the rate that 'auto' found, and drops what an uninterrupted one drops", async () => {
    const dropping = (seed: number) =>
      seedWeights(
        tf.sequential({
          layers: [
            tf.layers.dense({ name: 'hidden', units: 5, activation: 'tanh', inputShape: [4] }),
            tf.layers.dropout({ rate: 0.4 }),
            tf.layers.dense({ name: 'out', units: 3 }),
          ],
        }),
        seed,
      );
    const options = { ...common, learningRate: 'auto' as const, epochs: 6 };
    const whole = made(dropping(2));
    let state: FineTuneState | undefined;
    const uninterrupted = await fineTune(whole, {
      ...options,
      onEpoch: async ({ epoch }, save) => {
        if (epoch === 3) state = structuredClone(await save());
      },
    });
    const resumed = made(dropping(99));
    const tried: unknown[] = [];
    const rest = await fineTune(resumed, {
      ...options,
      resume: state!,
      onTriedRate: (rate) => tried.push(rate),
    });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    expect(rest.epochs.map(({ seconds: _, ...epoch }) => epoch)).toEqual(
      uninterrupted.epochs.slice(4).map(({ seconds: _, ...epoch }) => epoch),
    );
    expect(rest.rateSearch).toEqual(uninterrupted.rateSearch);
    expect(tried).toEqual([]);
  });

  test('ends with the best weights of the epochs before, where none is better', async () => {
    const state = await stateAfter(1);
    const best = {
      epoch: 0,
      startLoss: 5,
      loss: 0,
      weights: state.weights.map((weight) => ({ ...weight, data: weight.data.map((value) => value + 1) })),
      lastFall: { epoch: 0, loss: 0 },
    };
    const resumed = made(denseNet(99, { norm: true }));
    const result = await fineTune(resumed, { ...common, epochs: 3, resume: { ...state, best } });
    expect([result.bestEpoch, result.startValidationLoss, result.epochs.length]).toEqual([0, 5, 2]);
    expect(weightsOf(resumed)).toEqual(best.weights.map(({ data }) => Array.from(data)));
  });

  test('of a run that stopped early trains no more', async () => {
    // Never a fall.
    const options = { ...common, epochs: 20, earlyStopping: { patience: 2, minDelta: 100 } };
    const state = await stateAfter(20, options);
    const resumed = made(denseNet(99, { norm: true }));
    const { epochs, stoppedBy } = await fineTune(resumed, { ...options, resume: state });
    expect([state.epochsDone, epochs.length, stoppedBy]).toEqual([2, 0, 'earlyStopping']);
    expect(weightsOf(resumed)).toEqual(state.best!.weights.map(({ data }) => Array.from(data)));
  });

  test('of a run without validation counts patience from where it goes on', async () => {
    let state: FineTuneState | undefined;
    await fineTune(made(denseNet(2, { norm: true })), {
      ...common,
      validationData: undefined as never,
      epochs: 5,
      onEpoch: async (_epoch, save) => {
        state = await save();
      },
    });
    const { epochs } = await fineTune(made(denseNet(2, { norm: true })), {
      ...common,
      epochs: 20,
      // Never a fall.
      earlyStopping: { patience: 2, minDelta: 100 },
      resume: state!,
    });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([5, 6]);
  });
});

describe('is refused, and the student left alone:', () => {
  const refusal = async (
    change: (state: FineTuneState) => unknown,
    options: Partial<FineTuneOptions> = {},
  ) => {
    const student = made(denseNet(4, { norm: true }));
    const before = weightsOf(student);
    const resume = change(await stateAfter(1)) as FineTuneState;
    const error = await refusalOf(() => fineTune(student, { ...common, epochs: 2, resume, ...options }));
    expect(weightsOf(student)).toEqual(before);
    return error;
  };

  test('a state of another version', async () => {
    const error = await refusal((state) => ({ ...state, specVersion: 2 }));
    expect(error.code).toBe('SPEC_VERSION_UNSUPPORTED');
    expect(error.message).toMatch(/specVersion 2: a state of version 1/);
  });

  test.each<[string, (state: FineTuneState) => unknown, Partial<FineTuneOptions>, RegExp]>([
    ['of another model', (state) => ({ ...state, weights: state.weights.slice(1) }), {}, /another model/],
    [
      'other parts of the rate',
      (state) => state,
      { layerRates: { out: 0.25 } },
      /parts .*0\.5.* asks for .*0\.25/,
    ],
    ['another optimizer', (state) => state, { optimizer: tf.train.rmsprop }, /optimizer Adam; RMSProp came/],
    [
      'other trained layers',
      (state) => state,
      { layerRates: { hidden: 0, out: 0.5 } },
      /variables of other shapes/,
    ],
    [
      'no best weights where they are wanted',
      (state) => ({ ...state, best: { ...state.best!, weights: [] } }),
      {},
      /no best weights/,
    ],
  ])('%s: CHECKPOINT_MISMATCH', async (name, change, options, message) => {
    if (name.startsWith('no best')) {
      // Found after the weights are loaded.
      const resume = change(await stateAfter(1)) as FineTuneState;
      const student = made(denseNet(4, { norm: true }));
      const error = await refusalOf(() => fineTune(student, { ...common, epochs: 2, resume, ...options }));
      expect([error.code, message.test(error.message)]).toEqual(['CHECKPOINT_MISMATCH', true]);
      return;
    }
    const error = await refusal(change, options);
    expect(error.code).toBe('CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(message);
  });

  test("a state with a rate that was given, where learningRate is 'auto'", async () => {
    const error = await refusal((state) => state, { learningRate: 'auto' });
    expect(error.code).toBe('CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(/a learning rate that was given, and learningRate is 'auto'/);
  });

  test('state() of an optimizer that tfjs does not save', async () => {
    const error = await refusalOf(() => stateAfter(1, { optimizer: (rate) => tf.train.adamax(rate) }));
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toMatch(/can't save the optimizer Adamax/);
  });
});
