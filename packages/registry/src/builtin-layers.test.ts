import { checkLayer, randomArray } from '@fuseinit/core/testing';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from './builtin-layers.js';
import { createRegistry } from './create-registry.js';
import { layerCases as cases } from './testing/index.js';

const registry = createRegistry({ layers: builtinLayers });

describe('built-in layers', () => {
  test.each(cases)('%s', (_title, layer) => {
    const input = randomArray(77, [2, ...layer.inputShape.map(Number)]);
    checkLayer(registry.plugin(layer.className)!, { layer, input });
  });

  test('each class has a case', () => {
    // Merging layers read several inputs: refusals.test.ts checks each of them.
    const merging = ['Add', 'Average', 'Multiply', 'Maximum', 'Minimum', 'Concatenate'];
    const checked = new Set([...cases.map(([, { className }]) => className), ...merging]);
    const missing = builtinLayers
      .filter(({ roles }) => roles.begins || roles.inside || roles.ends)
      .flatMap(({ classNames }) => classNames)
      .filter((name) => !checked.has(name));
    expect(missing).toEqual([]);
  });

  test('no class has two plugins', () => {
    const names = builtinLayers.flatMap(({ classNames }) => classNames);
    expect(names).toEqual([...new Set(names)]);
  });
});
