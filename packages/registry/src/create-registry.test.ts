import { defineLayer, type LayerPairPlugin, type LayerPlugin } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from './builtin-layers.js';
import { createRegistry } from './create-registry.js';
import { refusalOf } from './testing-support/refusal-of.test-support.js';

const scale = defineLayer({
  specVersion: 1,
  classNames: ['Scale'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_layer, input) => input,
});
const pair: LayerPairPlugin = {
  specVersion: 1,
  name: 'a-pair',
  layers: ['Conv2D', 'Conv2D'],
  fuse: () => null,
};
/** What plain JavaScript, or a plugin of another version, could pass. */
const ofVersion2 = <P extends object>(plugin: P) => ({ ...plugin, specVersion: 2 }) as unknown as P;

const codeOf = (layers: readonly LayerPlugin[], pairs: readonly LayerPairPlugin[] = []) =>
  refusalOf(() => createRegistry({ layers, pairs }))?.code;

describe('createRegistry', () => {
  test('finds the plugin that speaks for a class', () => {
    const registry = createRegistry({ layers: [scale] });
    expect(registry.plugin('Scale')).toBe(scale);
    expect(registry.plugin('Dense')).toBeUndefined();
  });

  test('the earlier of two plugins for a class wins, so that a user replaces a built-in layer', () => {
    const ownDense = { ...scale, classNames: ['Dense'] };
    const registry = createRegistry({ layers: [ownDense, ...builtinLayers] });
    expect(registry.plugin('Dense')).toBe(ownDense);
    const lowered = registry.lower({ name: 'd', className: 'Dense', config: { units: 2 }, inputShape: [3] });
    expect(lowered.lowering).toEqual({ reads: 'element' });
    expect(lowered.roles).toBe(ownDense.roles);
  });

  test('a plugin may speak for a class of its own and one that another took', () => {
    const both = { ...scale, classNames: ['Scale', 'Shift'] };
    const registry = createRegistry({ layers: [scale, both] });
    expect(registry.plugin('Scale')).toBe(scale);
    expect(registry.plugin('Shift')).toBe(both);
  });

  test('refuses the same plugin twice, also where another stands before it', () => {
    expect(codeOf([scale, scale])).toBe('PLUGIN_CONFLICT');
    expect(codeOf([{ ...scale }, scale, scale])).toBe('PLUGIN_CONFLICT');
    expect(codeOf([], [pair, pair])).toBe('PLUGIN_CONFLICT');
    expect(refusalOf(() => createRegistry({ layers: [], pairs: [pair, pair] }))?.message).toContain('a-pair');
  });

  test('refuses plugins of another version', () => {
    expect(codeOf([ofVersion2(scale)])).toBe('SPEC_VERSION_UNSUPPORTED');
    expect(codeOf([], [ofVersion2(pair)])).toBe('SPEC_VERSION_UNSUPPORTED');
  });

  test('names a layer that no plugin speaks for', () => {
    const layer = { name: 'odd', className: 'Attention', config: {}, inputShape: [4, 2] };
    const refusal = refusalOf(() => createRegistry({ layers: builtinLayers }).lower(layer));
    expect(refusal).toMatchObject({ code: 'LAYER_UNKNOWN', layerName: 'odd' });
    expect(refusal?.message).toContain('Attention');
  });

  test('lower tells shapes, lowering and activation', () => {
    const lowered = createRegistry({ layers: builtinLayers }).lower({
      name: 'conv',
      className: 'Conv1D',
      config: { filters: 5, kernelSize: [3], activation: 'relu' },
      inputShape: [8, 2],
    });
    expect(lowered).toMatchObject({ inputShape: [8, 2], outputShape: [6, 5], activation: 'relu' });
    expect(lowered.lowering.reads).toBe('window');
  });
});
