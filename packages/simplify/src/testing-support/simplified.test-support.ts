import type { Network } from '@fuseinit/core';
import { expect } from 'vitest';
import { simplify } from '../simplify.js';
import {
  allPlugins,
  type Built,
  type NetworkBuilder,
  networkBuilder,
} from './network-builder.test-support.js';
import { outputDistance, rounding } from './same-outputs.test-support.js';

type Draw = (builder: NetworkBuilder) => Built | readonly Built[];

/**
 * Builds a network, simplifies it, compares the outputs of the two, and returns the applied rules and the
 * remaining layers.
 */
export function simplified(draw: Draw): {
  rules: string[];
  left: string[];
  network: Network;
  warnings: readonly string[];
  trainingWarnings: readonly string[];
} {
  const builder = networkBuilder(1);
  const { network, inputs } = builder.build(draw(builder));
  const { network: after, applied, warnings, trainingWarnings } = simplify(network, { plugins: allPlugins });
  expect(outputDistance(network, after, inputs, allPlugins)).toBeLessThan(rounding);
  return {
    rules: applied.map(({ rule }) => rule),
    left: after.nodes.filter(({ inputs: read }) => read.length > 0).map(described),
    network: after,
    warnings,
    trainingWarnings,
  };
}

/** `conv Conv2D relu`: the node's name, its class and its activation, if it has one. */
function described({ name, layer }: Network['nodes'][number]): string {
  const { activation = 'linear' } = layer.config;
  return [name, layer.className, ...(activation === 'linear' ? [] : [activation])].join(' ');
}
