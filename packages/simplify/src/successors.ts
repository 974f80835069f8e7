import type { Network } from '@fuseinit/core';
import type { AppliedRule } from './scope.js';

/**
 * The layers at which a run of layers starts and ends in a simplified network, for a layer of the original
 * one.
 */
export interface Successor {
  /** The first layer of a run that started with the given one; null if no single layer replaces it. */
  readonly first: string | null;
  /** The last layer of a run that ended with the given one; null if no single layer replaces it. */
  readonly last: string | null;
}

/** Rules that merge a layer into its readers; a run that ends with such a layer ends before those readers. */
const movingAhead = ['padding-into-after', 'scale-into-after'];

/**
 * Maps each layer of a network, by its node's name, to the layers of the simplified network that replace it.
 * A layer that was folded into another one maps to that one; at the end of a run, a layer that was dropped or
 * merged into its readers maps to the layer that it read.
 *
 * @param apart Maps each activation that was kept as a separate layer to the layer that it would have been
 *   merged into.
 */
export function successorsOf(
  before: Network,
  after: Network,
  applied: readonly AppliedRule[],
  apart: ReadonlyMap<string, string>,
): ReadonlyMap<string, Successor> {
  const nodes = new Map(before.nodes.map((node, place) => [node.name, { node, place }]));
  const holders = new Map(
    before.nodes.map(({ name, origins }) => [
      name,
      after.nodes.filter((node) => holds(node.origins, origins)),
    ]),
  );
  const holding = (name: string) => holders.get(name)!.map((holder) => holder.name);
  const isDropped = (name: string) =>
    applied.some(({ rule, layers }) => rule === 'identity' && holds(layers, nodes.get(name)!.node.origins));
  const isMovedAhead = (name: string, holder: string) => {
    const [moved, into] = [nodes.get(name)!, nodes.get(holder)];
    return applied.some(
      ({ rule, layers }) =>
        movingAhead.includes(rule) &&
        into !== undefined &&
        moved.place < into.place &&
        [moved, into].every(({ node }) => holds(layers, node.origins)),
    );
  };
  const firstOf = (name: string): string | null => {
    const names = holding(name);
    return names.includes(name) ? name : names.length === 1 ? names[0]! : null;
  };
  const lastOf = (name: string): string | null => {
    const own = firstOf(name);
    if (own === name) return apart.get(name) ?? name;
    const names = holding(name);
    const isGone = names.length === 0 ? isDropped(name) : names.every((holder) => isMovedAhead(name, holder));
    if (!isGone) return own;
    const { inputs } = nodes.get(name)!.node;
    return inputs.length === 1 ? lastOf(inputs[0]!.node) : null;
  };
  return new Map(before.nodes.map(({ name }) => [name, { first: firstOf(name), last: lastOf(name) }]));
}

function holds(names: readonly string[], all: readonly string[]): boolean {
  return all.every((name) => names.includes(name));
}
