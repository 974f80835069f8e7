import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import type { LayersModel } from '@fuseinit/tfjs';
import { expect, test } from 'vitest';
import { scoreSamples } from '../commands/eval/eval-command.js';
import type { LabelFormatOptions } from './data-options.js';
import { openSamples } from './open-samples.js';
import { readLabels } from './read-labels.js';

const signal = new AbortController().signal;
const session = { signal, tell: () => {}, warn: () => {}, progress: { show() {}, above() {}, stop() {} } };

/** Gives its inputs as they are, or their sigmoids. */
function ending(units: number, activation: 'linear' | 'sigmoid' = 'linear'): LayersModel {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units, inputShape: [units], useBias: false, activation })],
  });
  tf.tidy(() => model.setWeights([tf.eye(units)]));
  return model;
}

/** Outputs of three samples, as they are fed. */
const outputs = {
  1: [-1, 0.25, 3],
  4: [0, 9, 0, 0, 1, 2, 3, 4, 8, 0, 0, 0],
};

async function scored(
  model: LayersModel,
  labels: Buffer | string,
  { name, ...asked }: LabelFormatOptions & { readonly name: string },
) {
  const folder = emptyFolder();
  const width = model.inputs[0]!.shape[1] as 1 | 4;
  const data = join(folder, 'data.npy');
  await writeFile(data, npyFile(Float32Array.from(outputs[width]), [3, width]));
  await writeFile(join(folder, name), labels);
  const options = { data, labels: join(folder, name), ...asked };
  const samples = await openSamples(model, data, options, session);
  try {
    const read = await readLabels(model, samples, options, session);
    // One sample at a time: the task is that of all labels.
    const score = await scoreSamples(tf, model, samples, read!, { ...session, batchSize: 1 });
    return { ...score, read: samples.read.labels };
  } finally {
    await samples.close();
    model.dispose();
  }
}

const floats = (values: number[], shape = [values.length]) => npyFile(Float32Array.from(values), shape);
const npy = { name: 'y.npy' };

test('four linear outputs are numbers against rows of four', async () => {
  // Off by 1, by nothing, and by 2 and 4.
  const rows = [1, 9, 0, 0, 1, 2, 3, 4, 8, 2, 0, 4];
  expect(await scored(ending(4), floats(rows, [3, 4]), npy)).toEqual({
    kind: 'error',
    value: 21 / 12,
    count: 3,
    read: 'y.npy: 3 labels, by position, read as 4 numbers each',
  });
});

test('and classes against integers or one-hot rows', async () => {
  const accuracy = { kind: 'accuracy', value: 2 / 3, count: 3 };
  const integers = npyFile(Int32Array.of(1, 3, 2), [3]);
  expect(await scored(ending(4), integers, npy)).toMatchObject(accuracy);
  const hot = floats([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0], [3, 4]);
  expect(await scored(ending(4), hot, npy)).toMatchObject(accuracy);
  expect(
    await scored(ending(4), 'a\nd\nc\n', { name: 'y.csv', classes: ['b', 'a', 'c', 'd'] }),
  ).toMatchObject(accuracy);
});

test('and asked about where one number a sample may be anything', async () => {
  for (const [labels, name] of [
    [floats([1, 3, 2]), 'y.npy'],
    ['1\n3\n2\n', 'y.csv'],
  ] as const) {
    await expect(scored(ending(4), labels, { name })).rejects.toThrow(
      /one label for each sample, the model has 4 outputs.*--task classes.*--task regression/,
    );
    expect(await scored(ending(4), labels, { name, task: 'classes' })).toMatchObject({ value: 2 / 3 });
    await expect(scored(ending(4), labels, { name, task: 'regression' })).rejects.toThrow(/4 numbers/);
  }
});

test('one output is cut where its end says, or as asked', async () => {
  const binary = npyFile(Uint8Array.of(0, 1, 1), [3]);
  expect(await scored(ending(1, 'sigmoid'), binary, npy)).toMatchObject({ kind: 'accuracy', value: 1 });
  await expect(scored(ending(1), binary, npy)).rejects.toThrow(/All labels are 0 or 1.*--task classes/);
  expect(await scored(ending(1), binary, { ...npy, task: 'classes' })).toMatchObject({
    kind: 'accuracy',
    value: 1,
  });
  expect(await scored(ending(1), binary, { ...npy, task: 'classes', threshold: 0.5 })).toMatchObject({
    value: 2 / 3,
  });
  // The squares of 1, 0.75 and 2.
  expect(await scored(ending(1), binary, { ...npy, task: 'regression' })).toMatchObject({
    kind: 'error',
    value: (1 + 0.5625 + 4) / 3,
  });
  // Others than 0 and 1 are numbers, in a batch that has 0 and 1 alone too.
  expect(await scored(ending(1), floats([0, 1, 5]), npy)).toMatchObject({
    kind: 'error',
    value: (1 + 0.5625 + 4) / 3,
  });
});

test('one output is two classes for names', async () => {
  const classes = ['cat', 'dog'];
  expect(await scored(ending(1, 'sigmoid'), 'cat\ndog\ncat\n', { name: 'y.csv', classes })).toMatchObject({
    kind: 'accuracy',
    value: 2 / 3,
    read: expect.stringMatching(/indices of 2 classes/),
  });
});

test('several sigmoids against rows of 0 and 1 tell of as many labels, whatever the batches', async () => {
  // Of the outputs' signs, 0 among them for none: 0 1 0 0, 1 1 1 1, 1 0 0 0.
  const labels = [0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1];
  const score = {
    kind: 'binaryAccuracy',
    value: 9 / 12,
    exactMatch: 1 / 3,
    read: 'y.npy: 3 labels, by position, read as 0 or 1 for each of 4 labels',
  };
  expect(await scored(ending(4, 'sigmoid'), floats(labels, [3, 4]), npy)).toMatchObject(score);
  expect(
    await scored(ending(4, 'sigmoid'), 'a,b,c,d\n0,1,0,1\n1,1,1,1\n1,0,1,1\n', { name: 'y.csv' }),
  ).toMatchObject({ exactMatch: 1 / 3 });
  const odd = floats([...labels.slice(0, 11), Number.NaN], [3, 4]);
  await expect(scored(ending(4, 'sigmoid'), odd, npy)).rejects.toThrow(/not all 0 or 1.*--task multilabel/);
  await expect(scored(ending(4, 'sigmoid'), odd, { ...npy, task: 'multilabel' })).rejects.toThrow(
    /label NaN in row 2, counted from 0: 0 or 1/,
  );
});
