import { tf } from '@fuseinit/test-inputs/seeded-models';
import { describe, expect, test } from 'vitest';
import { inputReadings } from './input-reading.js';
import type { LayersModel, SymbolicTensor } from './tensorflow.js';

type Layer = Parameters<ReturnType<typeof tf.sequential>['add']>[0];

const input = (shape: (number | null)[]) => tf.input({ shape });
const chain = (from: SymbolicTensor, ...layers: Layer[]) =>
  layers.reduce((tensor, layer) => layer.apply(tensor) as SymbolicTensor, from);
const conv = () => tf.layers.conv2d({ filters: 2, kernelSize: 3 });
const rescaling = (scale: number, offset = 0, name = 'rescaling') =>
  tf.layers.rescaling({ scale, offset, name });
const dense = () => tf.layers.dense({ units: 2 });

function modelOf(shape: (number | null)[], ...layers: Layer[]): LayersModel {
  const start = input(shape);
  return tf.model({ inputs: start, outputs: chain(start, ...layers) });
}

const readingOf = async (shape: (number | null)[], ...layers: Layer[]) =>
  (await inputReadings(modelOf(shape, ...layers)))[0];

describe('pixels are read', () => {
  test.each([
    ['a convolution over grey', [8, 8, 1], () => [conv()]],
    ['a convolution over colours', [8, 8, 3], () => [conv()]],
    [
      'channels first',
      [3, 8, 8],
      () => [tf.layers.conv2d({ filters: 2, kernelSize: 3, dataFormat: 'channelsFirst' })],
    ],
    ['padding and a convolution', [8, 8, 3], () => [tf.layers.zeroPadding2d(), conv()]],
    ['rows and columns put side by side', [8, 8], () => [tf.layers.flatten(), dense()]],
    ['images put side by side', [8, 8, 3], () => [tf.layers.flatten(), dense()]],
    ['rows that become images', [64], () => [tf.layers.reshape({ targetShape: [8, 8, 1] }), conv()]],
    ['an image at each step', [5, 8, 8, 3], () => [tf.layers.timeDistributed({ layer: conv() })]],
  ] as [string, number[], () => Layer[]][])('by %s', async (_, shape, layers) => {
    expect(await readingOf(shape, ...layers())).toEqual({ kind: 'pixels' });
  });

  test.each([
    ['a table', [20], () => [dense()]],
    ['a series', [20, 3], () => [tf.layers.lstm({ units: 2 })]],
    ['planes of a board', [8, 8, 12], () => [conv()]],
  ] as [string, number[], () => Layer[]][])('but not by %s', async (_, shape, layers) => {
    expect(await readingOf(shape, ...layers())).toEqual({ kind: 'numbers' });
  });
});

test('indices are read by an embedding, also behind other layers and in nested models', async () => {
  const embedding = () => tf.layers.embedding({ inputDim: 50, outputDim: 4, name: 'words' });
  const found = { kind: 'indices', count: 50 };
  expect(await readingOf([6], embedding())).toEqual({ ...found, layerName: 'words' });
  expect(await readingOf([2, 3], tf.layers.reshape({ targetShape: [6] }), embedding())).toMatchObject(found);
  const nested = modelOf([6], embedding(), tf.layers.flatten());
  expect(await readingOf([6], nested as unknown as Layer, dense())).toEqual({
    ...found,
    layerName: `${nested.name}/words`,
  });
});

test.each([
  [1 / 255, 0, 'raw'],
  [1 / 256, 0, 'raw'],
  [1 / 127.5, -1, 'raw'],
  [1 / 128, -1, 'raw'],
  [0.017, -2.1, 'raw'],
  [2, -1, 'unit'],
  [255, 0, 'unit'],
  [0.5, 0.5, 'symmetric'],
  [127.5, 127.5, 'symmetric'],
])('a rescaling by %d and %d reads %s pixels', async (scale, offset, range) => {
  const found = { kind: 'scaled', className: 'Rescaling', range };
  expect(await readingOf([8, 8, 3], rescaling(scale, offset), conv())).toMatchObject(found);
});

test('a rescaling counts wherever it is first, and one that changes nothing does not', async () => {
  const found = { kind: 'scaled', className: 'Rescaling', range: 'raw' };
  expect(await readingOf([9, 9, 3], tf.layers.zeroPadding2d(), rescaling(1 / 255), conv())).toMatchObject(
    found,
  );
  const first = tf.layers.rescaling({ scale: 1 / 255, name: 'rescaling', inputShape: [8, 8, 3] });
  const nested = tf.sequential({ name: 'inner', layers: [first, conv()] });
  const outer = modelOf([8, 8, 3], nested as unknown as Layer);
  expect(await inputReadings(outer)).toEqual([{ ...found, layerName: 'inner/rescaling' }]);
  const twice = tf.sequential({ name: 'outer', layers: [outer as unknown as Layer] });
  expect((await inputReadings(twice))[0]).toMatchObject(found);
  expect(await readingOf([8, 8, 3], rescaling(1), conv())).toEqual({ kind: 'pixels' });
  expect(await readingOf([8, 8, 3], conv(), rescaling(1 / 255))).toEqual({ kind: 'pixels' });
});

test('a batch normalisation reads pixels from 0 to 255 where its moving means are of such', async () => {
  const norm = () => tf.layers.batchNormalization();
  expect(await readingOf([8, 8, 3], norm(), conv())).toEqual({ kind: 'pixels' });
  const layer = norm();
  const model = modelOf([8, 8, 3], layer, conv());
  const [gamma, beta] = layer.getWeights();
  layer.setWeights([gamma!, beta!, tf.fill([3], 120), tf.fill([3], 3000)]);
  expect(await inputReadings(model)).toEqual([
    { kind: 'scaled', layerName: layer.name, className: 'BatchNormalization', range: 'raw' },
  ]);
});

test('an input of type int32 reads whole numbers where no layer tells more', async () => {
  const whole = tf.input({ shape: [8, 8, 3], dtype: 'int32', name: 'grey' });
  const flat = tf.model({ inputs: whole, outputs: chain(whole, tf.layers.flatten(), dense()) });
  expect(await inputReadings(flat)).toEqual([{ kind: 'integers', inputName: 'grey' }]);
  const scaled = tf.model({ inputs: whole, outputs: chain(whole, rescaling(1 / 255, 0, 'first')) });
  expect(await inputReadings(scaled)).toMatchObject([{ kind: 'scaled', layerName: 'first' }]);
});

test('each of several inputs is told by what reads it', async () => {
  const [image, words, table] = [input([8, 8, 3]), input([6]), input([4])];
  const joined = tf.layers
    .concatenate()
    .apply([
      chain(image, rescaling(1 / 255), conv(), tf.layers.flatten()),
      chain(words, tf.layers.embedding({ inputDim: 9, outputDim: 2 }), tf.layers.flatten()),
      chain(table, dense()),
    ]) as SymbolicTensor;
  const model = tf.model({ inputs: [image, words, table], outputs: chain(joined, dense()) });
  const kinds = (await inputReadings(model)).map(({ kind }) => kind);
  expect(kinds).toEqual(['scaled', 'indices', 'numbers']);
  const before = tf.memory().numTensors;
  await inputReadings(model);
  expect(tf.memory().numTensors).toBe(before);
});
