import { describe, expect, test } from 'vitest';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { defineLayer, defineLayerPair } from './define-plugin.js';
import type { LayerPairPlugin } from './layer-pair-plugin.js';
import type { LayerPlugin } from './layer-plugin.js';

const layer: LayerPlugin = {
  specVersion: 1,
  classNames: ['Scale'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map((size) => size ?? 1),
  apply: (_, input) => input,
};
const pair: LayerPairPlugin = { specVersion: 1, name: 'a pair', layers: ['A', 'B'], fuse: () => null };

/** What a plugin of plain JavaScript, or of another version's types, could pass. */
const unchecked = <T>(plugin: object) => plugin as T;

describe('defineLayer', () => {
  test('returns the plugin itself', () => expect(defineLayer(layer)).toBe(layer));

  test.each([[2], [0], ['1'], [undefined]])('refuses specVersion %j', (specVersion) => {
    const plugin = unchecked<LayerPlugin>({ ...layer, specVersion });
    expect(codeOf(() => defineLayer(plugin))).toBe('SPEC_VERSION_UNSUPPORTED');
  });

  test.each([[[]], [undefined]])('refuses classNames %j', (classNames) => {
    expect(codeOf(() => defineLayer(unchecked<LayerPlugin>({ ...layer, classNames })))).toBe(
      'ARGUMENT_INVALID',
    );
  });
});

describe('defineLayerPair', () => {
  test('returns the plugin itself', () => expect(defineLayerPair(pair)).toBe(pair));

  test.each([[2], [0], ['1'], [undefined]])('refuses specVersion %j', (specVersion) => {
    const plugin = unchecked<LayerPairPlugin>({ ...pair, specVersion });
    expect(codeOf(() => defineLayerPair(plugin))).toBe('SPEC_VERSION_UNSUPPORTED');
  });

  test.each([[['A']], [['A', 'B', 'C']], [undefined]])('refuses layers %j', (layers) => {
    expect(codeOf(() => defineLayerPair(unchecked<LayerPairPlugin>({ ...pair, layers })))).toBe(
      'ARGUMENT_INVALID',
    );
  });
});
