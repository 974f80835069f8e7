import type { Network, NetworkLayer } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { simplify } from './simplify.js';
import {
  allPlugins,
  type Built,
  type NetworkBuilder,
  networkBuilder,
} from './testing-support/network-builder.test-support.js';

const l2 = { className: 'L1L2', config: { l1: 0, l2: 0.1 } };
const maxNorm = { className: 'MaxNorm', config: { maxValue: 2, axis: 0 } };

/** A network of layers in a row, of which those named are frozen, simplified. */
function simplified(
  draw: (builder: NetworkBuilder, image: Built) => Built,
  frozen: readonly string[] = [],
): { layers: NetworkLayer[]; trainingWarnings: readonly string[] } {
  const builder = networkBuilder(1);
  const { network } = builder.build(draw(builder, builder.input(6, 6, 3)));
  const freeze = (layer: NetworkLayer): NetworkLayer =>
    frozen.includes(layer.name)
      ? {
          ...layer,
          trainable: false,
          weights: layer.weights.map((weight) => ({ ...weight, trainable: false })),
        }
      : layer;
  const given: Network = {
    ...network,
    nodes: network.nodes.map((node) => ({ ...node, layer: freeze(node.layer) })),
  };
  const { network: after, trainingWarnings } = simplify(given, { plugins: allPlugins });
  return { layers: after.nodes.slice(1).map(({ layer }) => layer), trainingWarnings };
}

const conv = { filters: 4, kernelSize: [3, 3], activation: 'linear' };
const normed = (b: NetworkBuilder, x: Built, config = {}) =>
  b.add('BatchNormalization', { epsilon: 0.01 }, b.add('Conv2D', { ...conv, ...config }, x, 'conv'), 'bn');

describe('a layer merged of several', () => {
  test.each([
    ['a batch norm, which is frozen', ['bn'], true, '"bn" in "bn"'],
    ['a convolution, which is frozen, and a batch norm', ['conv'], true, '"conv" in "bn"'],
    ['frozen layers alone', ['conv', 'bn'], false, undefined],
    ['layers that train', [], true, undefined],
  ])('trains where any of them does: %s', (_title, frozen, trains, named) => {
    const { layers, trainingWarnings } = simplified((b, x) => normed(b, x), frozen);
    expect(layers.map(({ name, trainable }) => [name, trainable])).toEqual([['bn', trains]]);
    expect(layers[0]!.weights.map(({ trainable }) => trainable)).toEqual([trains, trains]);
    expect(trainingWarnings).toEqual(
      named === undefined
        ? []
        : [`Frozen layers were merged with layers that train, and now train with them: ${named}.`],
    );
  });

  test('has no constraints and regularizers, which is said', () => {
    const { layers, trainingWarnings } = simplified((b, x) =>
      normed(b, x, { kernelRegularizer: l2, kernelConstraint: maxNorm, biasConstraint: null }),
    );
    expect(layers[0]!.config).not.toHaveProperty('kernelConstraint');
    expect(trainingWarnings).toEqual([
      'Merged layers leave out constraints and regularizers, which were meant for the weights before: kernelConstraint MaxNorm of "conv", kernelRegularizer L1L2 of "conv".',
    ]);
  });

  test('keeps those of the one whose weights it has', () => {
    const settings = {
      kernelRegularizer: l2,
      kernelConstraint: maxNorm,
      biasInitializer: { className: 'Ones' },
    };
    const { layers, trainingWarnings } = simplified(
      (b, x) => b.add('ReLU', {}, b.add('Conv2D', { ...conv, ...settings }, x, 'conv'), 'relu'),
      ['conv'],
    );
    expect(layers[0]).toMatchObject({
      name: 'relu',
      trainable: false,
      config: { activation: 'relu', ...settings },
    });
    expect(trainingWarnings).toEqual([]);
  });
});
