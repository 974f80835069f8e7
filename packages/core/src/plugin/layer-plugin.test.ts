import { describe, expect, test } from 'vitest';
import { codeOf } from '../testing-support/properties.test-support.js';
import { defineLayer, defineLayerPair, type LayerPairPlugin, type LayerPlugin } from './layer-plugin.js';

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

  test.each([[[]], [undefined], ['Scale'], [['']], [[1]], [null]])('refuses classNames %j', (classNames) => {
    expect(codeOf(() => defineLayer(unchecked<LayerPlugin>({ ...layer, classNames })))).toBe(
      'ARGUMENT_INVALID',
    );
  });

  test.each([
    [undefined],
    [null],
    ['inside'],
    [{ begins: true, inside: true }],
    [{ begins: 1, inside: 0, ends: 0 }],
  ])('refuses roles %j', (roles) => {
    expect(codeOf(() => defineLayer(unchecked<LayerPlugin>({ ...layer, roles })))).toBe('ARGUMENT_INVALID');
  });

  test.each(['lower', 'outputShape', 'apply', 'affine', 'makeMask'])(
    'refuses a plugin without %s, by name',
    (name) => {
      // What an apply would compute can be done without, but for checks and interpretation; so can an affine
      // form.
      const optional = name !== 'lower' && name !== 'outputShape';
      for (const value of [...(optional ? [] : [undefined]), null, { reads: 'element' }]) {
        const plugin = unchecked<LayerPlugin>({ ...layer, [name]: value });
        expect(codeOf(() => defineLayer(plugin))).toBe('ARGUMENT_INVALID');
        expect(() => defineLayer(plugin)).toThrow(`The layer plugin of ["Scale"] has ${name}`);
      }
    },
  );

  test.each([[null], [undefined], [3], ['Scale'], [[]], [{}], [() => layer]])('refuses %o', (plugin) => {
    expect(codeOf(() => defineLayer(unchecked<LayerPlugin>(plugin as object)))).toBe('ARGUMENT_INVALID');
  });

  test('takes the functions of a class', () => {
    class Scale implements LayerPlugin {
      readonly specVersion = 1;
      readonly classNames = ['Scale'];
      readonly roles = layer.roles;
      lower = layer.lower;
      outputShape = layer.outputShape;
      apply: NonNullable<LayerPlugin['apply']> = (_layer, input) => input;
    }
    const plugin = new Scale();
    expect(defineLayer(plugin)).toBe(plugin);
  });
});

describe('defineLayerPair', () => {
  test('returns the plugin itself', () => expect(defineLayerPair(pair)).toBe(pair));

  test.each([[2], [0], ['1'], [undefined]])('refuses specVersion %j', (specVersion) => {
    const plugin = unchecked<LayerPairPlugin>({ ...pair, specVersion });
    expect(codeOf(() => defineLayerPair(plugin))).toBe('SPEC_VERSION_UNSUPPORTED');
  });

  test.each([[['A']], [['A', 'B', 'C']], [undefined], ['AB'], [['A', '']], [[1, 2]]])(
    'refuses layers %j',
    (layers) => {
      expect(codeOf(() => defineLayerPair(unchecked<LayerPairPlugin>({ ...pair, layers })))).toBe(
        'ARGUMENT_INVALID',
      );
    },
  );

  test.each([[undefined], [''], [7]])('refuses name %j', (name) => {
    expect(codeOf(() => defineLayerPair(unchecked<LayerPairPlugin>({ ...pair, name })))).toBe(
      'ARGUMENT_INVALID',
    );
  });

  test.each([[undefined], [null]])('refuses fuse %j', (fuse) => {
    expect(codeOf(() => defineLayerPair(unchecked<LayerPairPlugin>({ ...pair, fuse })))).toBe(
      'ARGUMENT_INVALID',
    );
  });

  test.each([[null], [undefined], [{}]])('refuses %j', (plugin) => {
    expect(codeOf(() => defineLayerPair(unchecked<LayerPairPlugin>(plugin as object)))).toBe(
      'ARGUMENT_INVALID',
    );
  });
});
