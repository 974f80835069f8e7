import { defineLayerPair, type FusedLayer, type LayerPairPlugin, type PairMember } from '@fuseinit/core';
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

  test('may give a dense layer, which has no kernel size', () => {
    const fused: FusedLayer = { className: 'Dense', config: { units: 3 }, geometry: null, toWeights: own };
    const span = lowerSpan(withPairs({ ...notMine('dense'), fuse: () => fused }), separable, 3);
    expect(span.fused).toBe(fused);
    expect(span).toMatchObject({ plugin: 'dense', receptiveField: null });
  });

  test.each([
    ['other classes', describeRun(builtin, [8, 8, 2], conv(2), conv(4))],
    ['three layers that slide', describeRun(builtin, [8, 8, 2], depthwise, conv(2), conv(4))],
    ['the other order', describeRun(builtin, [8, 8, 2], conv(2), depthwise)],
  ])('is not asked about %s', (_title, layers) => {
    const asked: string[] = [];
    lowerSpan(withPairs(keepFirst('mine', asked)), layers);
    expect(asked).toEqual([]);
  });
});
