import { defineLayer, type LayerPlugin, mapElements, patchGeometry } from '@fuseinit/core';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, describe, expect, test } from 'vitest';
import { findSpans } from './find-spans.js';
import { fuse } from './fuse/fuse.js';
import type { Plugin } from './plugins.js';
import type { Layer, Tensor } from './tensorflow.js';

/** A custom layer that no built-in plugin supports. */
class Swishy extends tf.layers.Layer {
  static className = 'Swishy';
  override computeOutputShape(shape: number[]) {
    return shape;
  }
  override call(input: Tensor | Tensor[]) {
    return (Array.isArray(input) ? input[0]! : input).sigmoid();
  }
}
tf.serialization.registerClass(Swishy as never);

const swishy: LayerPlugin = {
  specVersion: 1,
  classNames: ['Swishy'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_layer, input) => mapElements(input, (x) => 1 / (1 + Math.exp(-x))),
};

const model = tf.sequential({
  layers: [
    tf.layers.dense({ name: 'a', units: 4, inputShape: [3] }),
    new Swishy({ name: 's' }),
    tf.layers.dense({ name: 'b', units: 2 }),
  ],
});
afterAll(() => {
  model.dispose();
});

const refusalWith = (plugins: unknown) => refusalOf(() => findSpans(model, { plugins: plugins as Plugin[] }));

test('a plain object that keeps the contract is a plugin', () => {
  const { legal, illegal } = findSpans(model, { plugins: [swishy] });
  expect(legal).toMatchObject([{ from: 'a', to: 'b', className: 'Dense' }]);
  expect(illegal).toEqual([]);
});

describe('what is no plugin is refused', () => {
  test.each([
    ['undefined in the list', [undefined], /plugins\[0\] is undefined: what defineLayer or defineLayerPair/],
    ['null in the list', [swishy, null], /plugins\[1\] is null/],
    ['a list in the list', [[swishy]], /came where a layer plugin was expected/],
    ['a plugin without a list', swishy, /plugins is an object of \{specVersion, .*: a list was expected/],
    ['a module of plugins', [{ swishy }], /an object of \{swishy\} came where a layer plugin was expected/],
    ['classNames in one string', [{ ...swishy, classNames: 'Swishy' }], /classNames "Swishy": a list/],
    ['no roles', [{ ...swishy, roles: undefined }], /roles undefined/],
    [
      'a role that is missing',
      [{ ...swishy, roles: { begins: false, ends: false } }],
      /roles.inside undefined/,
    ],
    ['no lower', [{ ...swishy, lower: undefined }], /lower undefined: a function/],
    ['no outputShape', [{ ...swishy, outputShape: undefined }], /outputShape undefined: a function/],
    ['an apply that is no function', [{ ...swishy, apply: null }], /apply null: a function/],
    [
      'a pair of one class',
      [{ specVersion: 1, name: 'x', layers: ['Dense'], fuse: (): null => null }],
      /two classes/,
    ],
    ['a pair without fuse', [{ specVersion: 1, name: 'x', layers: ['Dense', 'Dense'] }], /fuse undefined/],
    [
      'a pair without layers',
      [{ specVersion: 1, name: 'x', fuse: (): null => null }],
      /layers undefined: two classes/,
    ],
  ])('%s', async (_title, plugins, message) => {
    const error = await refusalWith(plugins);
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toMatch(message);
  });
});

describe('a faulty plugin is named, and its layer', () => {
  test.each([
    ['lower gives nothing', { lower: () => undefined }, /its lower gave undefined/],
    ['lower gives another word', { lower: () => ({ reads: 'elements' }) }, /its lower gave reads "elements"/],
    ['a window has no geometry', { lower: () => ({ reads: 'window' }) }, /its lower gave a window/],
    [
      'a window on rows',
      {
        lower: () => ({ reads: 'window', geometry: patchGeometry({ inputSize: [4], kernelSize: [1] }) }),
      },
      /over \[4\] to \[4\], but the layer's positions are \[\] before and \[\] after/,
    ],
    ['outputShape gives nothing', { outputShape: () => undefined }, /its outputShape gave undefined/],
    ['outputShape gives NaN', { outputShape: () => [Number.NaN] }, /its outputShape gave \[NaN\]/],
    [
      'outputShape gives another shape than the layer has',
      { outputShape: () => [9] },
      /its outputShape gave \[9\], but the layer gives \[4\]/,
    ],
  ])('%s', async (_title, change, message) => {
    const error = await refusalWith([{ ...swishy, ...change }]);
    expect(error).toMatchObject({ code: 'PLUGIN_FAILED', layerName: 's' });
    expect(error.message).toMatch(/The layer plugin of \["Swishy"\] failed at the layer "s"/);
    expect(error.message).toMatch(message);
  });

  test('lower throws: the error is the cause', async () => {
    const cause = new Error('oops');
    const lower = () => {
      throw cause;
    };
    const error = await refusalWith([defineLayer({ ...swishy, lower })]);
    expect(error).toMatchObject({ code: 'PLUGIN_FAILED', layerName: 's' });
    expect(error.cause).toBe(cause);
  });
});

test('a layer that reads everything and keeps positions is not legal as Dense before a convolution', () => {
  const conv = (name: string) => tf.layers.conv2d({ name, filters: 3, kernelSize: 3 });
  const images = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'a', filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
      new Swishy({ name: 's' }),
      conv('b'),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'c', units: 2 }),
    ],
  });
  const everything: LayerPlugin = { ...swishy, lower: () => ({ reads: 'everything' }) };
  const { legal, illegal } = findSpans(images, { plugins: [everything] });
  const fromA = legal.filter(({ from }) => from === 'a');
  expect(fromA).toMatchObject([{ to: 'c', className: 'Dense', kernelSize: null }]);
  expect(illegal).toMatchObject([{ from: 'a', to: 'b' }]);
  expect(illegal[0]?.reason).toMatch(/"s" \(Swishy\) reads all positions.*"b" gives \[4,4,3\]/);
  images.dispose();
});

describe('a layer of one’s own at the end of a span', () => {
  /** A dense layer that applies its activation in its own `call`. */
  class Secretive extends tf.layers.Layer {
    static className = 'Secretive';
    override computeOutputShape(shape: number[]) {
      return shape;
    }
    override call(input: Tensor | Tensor[]) {
      return (Array.isArray(input) ? input[0]! : input).relu();
    }
    override getConfig() {
      return { ...super.getConfig(), activation: 'relu' };
    }
  }
  const plugin = defineLayer({
    ...swishy,
    classNames: ['Secretive'],
    roles: { begins: false, inside: true, ends: true },
    lower: () => ({ reads: 'everything' }),
  });
  const ending = (last: Layer) =>
    tf.sequential({ layers: [tf.layers.dense({ name: 'a', units: 4, inputShape: [3] }), last] });

  test('is no end where its activation cannot be put aside, and says so before any data is read', async () => {
    const secretive = ending(new Secretive({ name: 's' }));
    const { legal, illegal } = findSpans(secretive, { plugins: [plugin] });
    expect(legal).toEqual([]);
    expect(illegal).toMatchObject([{ from: 'a', to: 's' }]);
    expect(illegal[0]?.reason).toMatch(
      /"s" \(Secretive\) has an activation by its getConfig\(\), but not as/,
    );
    secretive.dispose();
  });
});

test('a layer after a fusion whose config leaves its activation out is refused before any work', async () => {
  const hidden = tf.layers.dense({ name: 'hidden', units: 4, activation: 'relu' });
  const { activation: _, ...config } = hidden.getConfig();
  hidden.getConfig = () => config;
  const teacher = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', units: 8, activation: 'relu', inputShape: [3] }),
      tf.layers.dense({ name: 'b', units: 6, activation: 'relu' }),
      hidden,
      tf.layers.dense({ name: 'd', units: 2 }),
    ],
  });
  let reads = 0;
  const calibrationData = {
    async *[Symbol.asyncIterator]() {
      reads++;
      yield { data: new Float32Array(12), shape: [4, 3] };
    },
  };
  const refusal = await refusalOf(() =>
    fuse(teacher, { tf, calibrationData, spans: [{ from: 'a', to: 'b' }] }),
  );
  expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'hidden' });
  expect(refusal.message).toMatch(/the activation "relu", but not by its getConfig\(\)/);
  expect(reads).toBe(0);
  teacher.dispose();
});
