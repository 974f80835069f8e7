import {
  composeGeometry,
  defineLayerPair,
  type FusedLayer,
  type LayerPairPlugin,
  type PairMember,
  patchGeometry,
} from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from './builtin-layers.js';
import { createRegistry } from './create-registry.js';
import { lowerSpan } from './lower-span.js';
import { describeRun, type Step } from './testing-support/describe-run.test-support.js';
import { refusalOf } from './testing-support/refusal-of.test-support.js';

const builtin = createRegistry({ layers: builtinLayers });
const conv = (filters: number): Step => [
  'Conv2D',
  { filters, kernelSize: 3, padding: 'same', activation: 'relu' },
];
const depthwise: Step = ['DepthwiseConv2D', { kernelSize: 3, padding: 'same' }];
const separable = describeRun(builtin, [8, 8, 2], depthwise, ['BatchNormalization'], ['ReLU'], conv(4));

/** Fuses to the first layer's own window, so that it can't be mistaken for the composed one. */
const own: FusedLayer['toWeights'] = ({ kernel, bias }) => [bias, kernel];
const keepFirst = (name: string, asked: string[] = []): LayerPairPlugin =>
  defineLayerPair({
    specVersion: 1,
    name,
    layers: ['DepthwiseConv2D', 'Conv2D'],
    fuse({ first, second }) {
      asked.push(name);
      const config = { filters: second.outputShape.at(-1)!, activation: second.activation };
      return { className: 'Conv2D', config, geometry: first.geometry, toWeights: own };
    },
  });
const notMine = (name: string, asked: string[] = []): LayerPairPlugin => ({
  ...keepFirst(name),
  fuse: () => {
    asked.push(name);
    return null;
  },
});
const withPairs = (...pairs: LayerPairPlugin[]) => createRegistry({ layers: builtinLayers, pairs });

describe('a layer-pair plugin', () => {
  test('is asked before geometries are composed, and named', () => {
    const span = lowerSpan(withPairs(keepFirst('mine')), separable);
    expect(span.plugin).toBe('mine');
    expect(span.fused.toWeights).toBe(own);
    expect(span.receptiveField).toEqual([3, 3]);
    expect(span.centered).toBe(true);
  });

  test('is given the two layers that slide, with their windows', () => {
    const given: { first: PairMember; second: PairMember }[] = [];
    const look: LayerPairPlugin = {
      ...notMine('look'),
      fuse(pair) {
        given.push(pair);
        return null;
      },
    };
    lowerSpan(withPairs(look), separable);
    expect(given[0]?.first).toMatchObject({ name: '0_DepthwiseConv2D', inputShape: [8, 8, 2] });
    expect(given[0]?.second).toMatchObject({ name: '3_Conv2D', outputShape: [8, 8, 4], activation: 'relu' });
    expect(given[0]?.second.geometry.kernelSize).toEqual([3, 3]);
  });

  test('that returns null leaves the pair to the next, and then to composition', () => {
    const asked: string[] = [];
    const next = lowerSpan(
      withPairs(notMine('no', asked), keepFirst('yes', asked), keepFirst('late', asked)),
      separable,
    );
    expect(next.plugin).toBe('yes');
    expect(asked).toEqual(['no', 'yes']);
    const composed = lowerSpan(withPairs(notMine('no')), separable);
    expect(composed.plugin).toBeUndefined();
    expect(composed.fused.geometry).toEqual(lowerSpan(builtin, separable).fused.geometry);
  });

  test('keeps its kernel when just that size is asked for', () => {
    for (const kernelSize of [3, [3, 3]]) {
      const span = lowerSpan(withPairs(keepFirst('mine')), separable, kernelSize);
      expect(span.plugin).toBe('mine');
      expect(span.fused.toWeights).toBe(own);
    }
  });

  test.each([[1], [2], [4], [5]])(
    'gives way to composition when a kernel of %j is asked for',
    (kernelSize) => {
      const { fused, ...span } = lowerSpan(withPairs(keepFirst('mine')), separable, kernelSize);
      const composed = lowerSpan(builtin, separable, kernelSize);
      expect(span.plugin).toBeUndefined();
      expect(span.receptiveField).toEqual([5, 5]);
      expect(fused.geometry).toEqual(composed.fused.geometry);
      expect(fused.config).toEqual(composed.fused.config);
      expect(span.centered).toBe(composed.centered);
    },
  );

  test('does not widen what can be asked for', () => {
    const refusal = refusalOf(() => lowerSpan(withPairs(keepFirst('mine')), separable, 6));
    expect(refusal?.code).toBe('KERNEL_TOO_LARGE');
  });

  const toDense = (name: string, layers: LayerPairPlugin['layers'], given: PairMember[] = []) =>
    defineLayerPair({
      specVersion: 1,
      name,
      layers,
      fuse({ first, second }) {
        given.push(first, second);
        const config = { units: second.outputShape.at(-1)!, activation: second.activation };
        return { className: 'Dense', config, geometry: null, toWeights: own };
      },
    });

  test.each([
    [
      'two dense layers',
      ['Dense', 'Dense'],
      [7],
      [['Dense', { units: 4 }], ['ReLU'], ['Dense', { units: 3 }]],
    ],
    [
      'a convolution and a dense layer, over a flatten',
      ['Conv2D', 'Dense'],
      [8, 8, 2],
      [conv(4), ['BatchNormalization'], ['Flatten'], ['Dense', { units: 3 }]],
    ],
    [
      'a dense layer at each position and one on all of them',
      ['Dense', 'Dense'],
      [5, 2],
      [['Dense', { units: 4 }], ['Flatten'], ['Dense', { units: 3 }]],
    ],
  ] as const)('is asked about %s; a dense layer has no kernel size', (_title, classes, inputShape, steps) => {
    const layers = describeRun(builtin, inputShape, ...(steps as readonly Step[]));
    const given: PairMember[] = [];
    const span = lowerSpan(withPairs(toDense('dense', classes, given)), layers, 3);
    expect(span).toMatchObject({ plugin: 'dense', receptiveField: null });
    expect(span.fused).toMatchObject({ className: 'Dense', config: { units: 3 }, geometry: null });
    expect(span.fused.toWeights).toBe(own);
    expect(given.map(({ name }) => name)).toEqual([layers[0]!.name, layers.at(-1)!.name]);
    // A dense layer on rows has a window without an axis.
    expect(given[1]!.geometry.kernelSize).toEqual([]);
  });

  test('a window without an axis, composed of those of dense layers, is the whole input', () => {
    const composing: LayerPairPlugin = {
      ...toDense('composing', ['Dense', 'Dense']),
      fuse: ({ first, second }) => ({
        className: 'Dense',
        config: { units: 3 },
        geometry: composeGeometry(first.geometry, second.geometry),
        toWeights: own,
      }),
    };
    const layers = describeRun(builtin, [7], ['Dense', { units: 4 }], ['Dense', { units: 3 }]);
    expect(lowerSpan(withPairs(composing), layers).fused.geometry).toBeNull();
  });

  test.each([
    ['other classes', describeRun(builtin, [8, 8, 2], conv(2), conv(4))],
    ['three layers that slide', describeRun(builtin, [8, 8, 2], depthwise, conv(2), conv(4))],
    ['the other order', describeRun(builtin, [8, 8, 2], conv(2), depthwise)],
    [
      'a pooling of all positions between',
      describeRun(builtin, [8, 8, 2], depthwise, ['GlobalMaxPooling2D'], ['Dense', { units: 2 }]),
    ],
  ])('is not asked about %s', (_title, layers) => {
    const asked: string[] = [];
    lowerSpan(withPairs(keepFirst('mine', asked)), layers);
    expect(asked).toEqual([]);
  });
});

describe('a layer-pair plugin that breaks the contract is named, with what it gave', () => {
  const good = keepFirst('broken');
  const giving = (change: (fused: FusedLayer) => unknown): LayerPairPlugin => ({
    ...good,
    fuse: (pair) => change(good.fuse(pair)!) as FusedLayer,
  });
  test.each([
    ['nothing', () => undefined, /gave undefined where a fused layer, or null/],
    ['a promise', (fused: FusedLayer) => Promise.resolve(fused), /className undefined/],
    ['no class', (fused: FusedLayer) => ({ ...fused, className: undefined }), /className undefined/],
    ['no config', (fused: FusedLayer) => ({ ...fused, config: undefined }), /config undefined/],
    ['no toWeights', (fused: FusedLayer) => ({ ...fused, toWeights: undefined }), /toWeights undefined/],
    [
      'no geometry',
      (fused: FusedLayer) => ({ ...fused, geometry: undefined }),
      /geometry has no lists, it is undefined/,
    ],
    [
      'a geometry that ends elsewhere',
      (fused: FusedLayer) => ({ ...fused, geometry: { ...fused.geometry!, kernelSize: [5, 5] } }),
      /8 windows that end at position 12 of 10 padded ones/,
    ],
    [
      'a geometry of other positions',
      (fused: FusedLayer) => ({
        ...fused,
        geometry: patchGeometry({ inputSize: [8, 8], kernelSize: [3, 3] }),
      }),
      /over \[8,8\] to \[6,6\], but the pair goes from \[8,8\] to \[8,8\]/,
    ],
    [
      'the whole input for an output of many positions',
      (fused: FusedLayer) => ({ ...fused, geometry: null }),
      /geometry null, .* at each of \[8,8\] positions/,
    ],
    [
      'an error',
      () => {
        throw new TypeError('oops');
      },
      /its fuse threw TypeError: oops/,
    ],
  ])('%s', (_title, change, message) => {
    const refusal = refusalOf(() => lowerSpan(withPairs(giving(change)), separable));
    expect(refusal).toMatchObject({ code: 'PLUGIN_FAILED', layerName: '3_Conv2D' });
    expect(refusal?.message).toMatch(/The layer-pair plugin "broken" failed/);
    expect(refusal?.message).toMatch(message);
  });
});
