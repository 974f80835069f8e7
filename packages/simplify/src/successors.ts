import type { Network } from '@fuseinit/core';
import type { AppliedRule } from './scope.js';

/**
 * Where a run of layers begins and ends in a simplified network, given one of the network that it was made
 * from.
 */
export interface Successor {
  /**
   * The layer that a run beginning with the given one begins with; null where no single layer stands for it.
   */
  readonly first: string | null;
  /** The layer that a run ending with the given one ends with; null where no single layer stands for it. */
  readonly last: string | null;
}

/** Rules that move a layer into those that read it: a run that ends with that layer ends before them. */
const movingAhead = ['padding-into-after', 'scale-into-after'];

/**
 * Of each layer of a network, by its node's name, the layers of the simplified one that stand for it. A layer
 * that was folded into another one is that one; at the end of a run, what was dropped or moved ahead is the
 * layer that it read.
 *
 * @param apart For each activation that stayed a layer only because it was to stay apart: the layer that
 * would have taken it.
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
