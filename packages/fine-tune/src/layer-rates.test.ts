import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels, line, samples, slopeOf } from '@fuseinit/test-inputs/training-networks';
import type { Tensor } from '@fuseinit/tfjs';
import { expect, test } from 'vitest';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const data = samples(16, 1);
const common = { tf, data, loss: 'meanSquaredError', epochs: 1, batchSize: 16, learningRate: 0.1 };

test.each([tf.train.sgd, tf.train.adam])(
  'rate 0 leaves a layer as it is, to the last bit',
  async (optimizer) => {
    const student = made(denseNet(3, { norm: true }));
    const layerOf = (name: string) =>
      student
        .getLayer(name)
        .getWeights()
        .map((weight) => weight.arraySync());
    const [hidden, norm, out] = [layerOf('hidden'), layerOf('norm'), layerOf('out')];
    await fineTune(student, { ...common, optimizer, layerRates: { hidden: 0, norm: 0 } });
    expect(layerOf('hidden')).toEqual(hidden);
    expect(layerOf('norm')).toEqual(norm);
    expect(layerOf('out')).not.toEqual(out);
  },
);

test('a frozen layer stays as it is, moving moments too, and so do the flags', async () => {
  const student = made(denseNet(3, { norm: true }));
  student.getLayer('norm').trainable = false;
  const before = student
    .getLayer('norm')
    .getWeights()
    .map((weight) => weight.arraySync());
  await fineTune(student, common);
  expect(
    student
      .getLayer('norm')
      .getWeights()
      .map((weight) => weight.arraySync()),
  ).toEqual(before);
  expect(student.layers.map(({ trainable }) => trainable)).toEqual([true, false, true]);
});

test('factor 0.1 takes exactly a tenth of the step of sgd', async () => {
  // Loss (w x - y)² at w = 1, x = 2, y = 0 has the gradient 8.
  const step = async (layerRates: Record<string, number>) => {
    const student = made(line(1));
    const one = { xs: { data: [2], shape: [1, 1] }, ys: { data: [0], shape: [1, 1] } };
    await fineTune(student, {
      ...common,
      data: one,
      optimizer: tf.train.sgd,
      learningRate: 0.0625,
      layerRates,
    });
    return 1 - slopeOf(student);
  };
  expect(await step({})).toBe(0.5);
  // 0.05 subtracted from 1 in float32.
  expect(await step({ out: 0.1 })).toBe(1 - Math.fround(1 - 0.05));
});

test('a shared layer has one rate, by its first name, and is left alone at 0', async () => {
  const input = tf.input({ shape: [3] });
  const shared = tf.layers.dense({ name: 'shared', units: 3 });
  const first = shared.apply(input) as typeof input;
  const again = shared.apply(first) as typeof input;
  const out = tf.layers.dense({ name: 'out', units: 3 }).apply(again) as typeof input;
  const student = made(seedWeights(tf.model({ inputs: input, outputs: out }), 4));
  const before = student
    .getLayer('shared')
    .getWeights()
    .map((weight) => weight.arraySync());
  const three = { xs: data.ys, ys: data.ys };
  await fineTune(student, { ...common, data: three, layerRates: { shared: 0 } });
  expect(
    student
      .getLayer('shared')
      .getWeights()
      .map((weight) => weight.arraySync()),
  ).toEqual(before);
});

test('layers of a nested model are named by their path; a frozen nested model stays', async () => {
  const dense = (name: string, inputs?: number) =>
    tf.layers.dense({ name, units: 3, ...(inputs ? { inputShape: [inputs] } : {}) });
  const nested = () => {
    const deep = tf.sequential({ name: 'deep', layers: [dense('second', 3)] });
    const inner = tf.sequential({ name: 'inner', layers: [dense('first', 3), deep] });
    const student = made(seedWeights(tf.sequential({ layers: [dense('start', 4), inner, dense('out')] }), 6));
    const valuesOf = (index: number) =>
      student.layers[index]!.getWeights().map((weight) => weight.arraySync());
    return { student, valuesOf };
  };
  const rated = nested();
  const before = rated.valuesOf(1);
  expect(before).toHaveLength(4);
  await fineTune(rated.student, { ...common, layerRates: { 'inner/first': 0 } });
  expect(rated.valuesOf(1).slice(0, 2)).toEqual(before.slice(0, 2));
  expect(rated.valuesOf(1).slice(2)).not.toEqual(before.slice(2));
  const frozen = nested();
  frozen.student.layers[1]!.trainable = false;
  const [start, inner] = [frozen.valuesOf(0), frozen.valuesOf(1)];
  await fineTune(frozen.student, common);
  expect(frozen.valuesOf(1)).toEqual(inner);
  expect(frozen.valuesOf(0)).not.toEqual(start);
});

test('the rate warms up in even steps and then stays, over epochs and in a resumed run', async () => {
  // Loss -w has the gradient -1 at every w: each step is the rate itself. 4 batches an epoch, 6 steps of
  // warm-up.
  const run = async (resumes: boolean) => {
    const slopes: number[] = [];
    const student = made(line(0));
    const options = {
      ...common,
      data: { xs: { data: [1, 1, 1, 1], shape: [4, 1] }, ys: { data: [0, 0, 0, 0], shape: [4, 1] } },
      loss: (_labels: Tensor, predictions: Tensor) => tf.neg(predictions),
      batchSize: 1,
      learningRate: 0.75,
      warmUp: 1.5,
      optimizer: tf.train.sgd,
      callbacks: { onBatchEnd: async () => void slopes.push(slopeOf(student)) },
    };
    if (!resumes) await fineTune(student, { ...options, epochs: 2 });
    else {
      let state: Parameters<typeof fineTune>[1]['resume'];
      await fineTune(student, {
        ...options,
        onEpoch: async (_epoch, save) => {
          state = await save();
        },
      });
      await fineTune(student, { ...options, epochs: 2, resume: state! });
    }
    return slopes.map((slope, index) => slope - (slopes[index - 1] ?? 0));
  };
  const expected = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.75, 0.75];
  for (const steps of [await run(false), await run(true)]) expect(steps).toEqual(expected);
});
