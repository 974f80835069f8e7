import {
  activate,
  defineLayer,
  FuseInitError,
  type LayerDescription,
  type LayerPairPlugin,
  type LayerPlugin,
  patchGeometry,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
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

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [scale]],
    ['another object', {}],
    ['classNames in one string', { ...scale, classNames: 'Scale' }],
    ['no roles', { ...scale, roles: undefined }],
    ['no lower', { ...scale, lower: undefined }],
  ])('refuses %s where a layer plugin was expected', (_title, plugin) => {
    expect(codeOf([plugin as unknown as LayerPlugin])).toBe('ARGUMENT_INVALID');
  });

  test.each([
    ['null', null],
    ['one class', { ...pair, layers: ['Conv2D'] }],
    ['two classes in one string', { ...pair, layers: 'ab' }],
    ['no fuse', { ...pair, fuse: undefined }],
    ['no name', { ...pair, name: undefined }],
  ])('refuses %s where a layer-pair plugin was expected', (_title, plugin) => {
    expect(codeOf([], [plugin as unknown as LayerPairPlugin])).toBe('ARGUMENT_INVALID');
  });
});

describe('a plugin that breaks the contract is named, with what it gave', () => {
  const layer = { name: 's', className: 'Scale', config: {}, inputShape: [4, 6, 2], outputShape: [4, 6, 2] };
  const lowered = (change: object) =>
    refusalOf(() => createRegistry({ layers: [{ ...scale, ...change } as LayerPlugin] }).lower(layer));
  const window = patchGeometry({ inputSize: [4, 6], kernelSize: [3, 3], padding: 'same' });

  test('a right one is not', () => {
    expect(lowered({})).toBeUndefined();
    expect(lowered({ lower: () => ({ reads: 'window', geometry: window }) })).toBeUndefined();
  });

  test.each([
    ['undefined', { lower: () => undefined }, /its lower gave undefined where \{ reads \}/],
    ['a promise', { lower: async () => ({ reads: 'element' }) }, /its lower gave reads undefined/],
    ['a word that is not known', { lower: () => ({ reads: 'elements' }) }, /gave reads "elements" where/],
    [
      'a window without geometry',
      { lower: () => ({ reads: 'window' }) },
      /its lower gave a window whose geometry/,
    ],
    [
      'a window over other positions',
      {
        lower: () => ({
          reads: 'window',
          geometry: patchGeometry({ inputSize: [4, 6], kernelSize: [3, 3] }),
        }),
      },
      /over \[4,6\] to \[2,4\], but the layer's positions are \[4,6\] before and \[4,6\] after/,
    ],
    [
      'an error',
      {
        lower: () => {
          throw new RangeError('oops');
        },
      },
      /its lower threw RangeError: oops/,
    ],
    [
      'a string thrown',
      {
        lower: () => {
          throw 'oops';
        },
      },
      /its lower threw "oops"/,
    ],
    [
      'padding of another case',
      {
        lower: () => ({
          reads: 'window',
          geometry: patchGeometry({ inputSize: [4, 6], kernelSize: [3, 3], padding: 'Same' as 'same' }),
        }),
      },
      /its lower threw FuseInitError: padding is "Same"/,
    ],
    ['no output shape', { outputShape: () => undefined }, /its outputShape gave undefined/],
    ['an empty output shape', { outputShape: () => [] }, /its outputShape gave \[\]/],
    ['NaN', { outputShape: () => [4, 6, Number.NaN] }, /its outputShape gave \[4, 6, NaN\]/],
    [
      'another output shape than the layer has',
      { outputShape: () => [4, 6, 9] },
      /gave \[4,6,9\], but the layer gives \[4,6,2\]/,
    ],
    [
      'an error for the output shape',
      {
        outputShape: () => {
          throw new Error('oops');
        },
      },
      /its outputShape threw Error: oops/,
    ],
  ])('%s', (_title, change, message) => {
    const refusal = lowered(change);
    expect(refusal).toMatchObject({ code: 'PLUGIN_FAILED', layerName: 's' });
    expect(refusal?.message).toMatch(/^The layer plugin of \["Scale"\] failed at the layer "s"/);
    expect(refusal?.message).toMatch(message);
  });

  test('an element that changes the positions', () => {
    const { outputShape: _known, ...unknown } = layer;
    const pooling = { ...scale, outputShape: () => [2, 3, 2] };
    const refusal = refusalOf(() => createRegistry({ layers: [pooling] }).lower(unknown));
    expect(refusal).toMatchObject({ code: 'PLUGIN_FAILED' });
    expect(refusal?.message).toMatch(
      /reads 'element', but the layer's positions are \[4,6\] before and \[2,3\]/,
    );
  });

  test('what a plugin throws is the cause', () => {
    const cause = new Error('oops');
    const plugin = {
      ...scale,
      lower: () => {
        throw cause;
      },
    };
    try {
      createRegistry({ layers: [plugin] }).lower(layer);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).cause).toBe(cause);
    }
  });

  test('a refusal of the layer is no fault, and names the layer', () => {
    const own = new FuseInitError('LAYER_UNSUPPORTED', 'No.', { layerName: 's' });
    expect(
      lowered({
        lower: () => {
          throw own;
        },
      }),
    ).toEqual({ code: 'LAYER_UNSUPPORTED', layerName: 's', message: 'No.' });
    const nameless = lowered({
      lower: (described: LayerDescription) => activate(randomArray(1, [2]), described.className),
    });
    expect(nameless).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 's' });
    const unfit = lowered({
      lower: () => ({ reads: 'window', geometry: patchGeometry({ inputSize: [4, 6], kernelSize: [9, 9] }) }),
    });
    expect(unfit).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 's' });
    expect(unfit?.message).toMatch(/"s" can't be fused. A kernel of extent 9 doesn't fit/);
  });

  test('a length that the model leaves open is refused, whatever a plugin makes of it', () => {
    const open = { ...layer, inputShape: [null, 6, 2] };
    const plugin = {
      ...scale,
      lower: ({ inputShape }: LayerDescription) => ({
        reads: 'window' as const,
        geometry: patchGeometry({ inputSize: inputShape.slice(0, -1).map(Number), kernelSize: [1, 1] }),
      }),
    };
    const refusal = refusalOf(() => createRegistry({ layers: [plugin] }).lower(open));
    expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 's' });
    expect(refusal?.message).toMatch(/input shape \[null, 6, 2\] leaves a length open/);
  });
});
