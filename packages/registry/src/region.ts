import {
  describeNode,
  type Network,
  type NetworkNode,
  nodeOf,
  type TensorRef,
  tensorKey,
} from '@fuseinit/core';
import type { SpanLayer } from './lower-span.js';

/**
 * A part of a network with one input and one output tensor: a run of layers, a residual block with its `Add`,
 * branches and the layer that joins them, or several of these in a row.
 */
export interface Region {
  readonly input: TensorRef;
  /** The nodes in the order of the network; the first output of the last one is the region's output. */
  readonly nodes: readonly NetworkNode[];
}

/**
 * The layers that compute a node's output from a tensor.
 *
 * @returns undefined if the node doesn't depend on the tensor, or also depends on something else.
 */
export function regionBetween(network: Network, input: TensorRef, end: NetworkNode): Region | undefined {
  const start = tensorKey(input);
  const found = new Set<NetworkNode>();
  const open = [end];
  for (let node = open.pop(); node; node = open.pop()) {
    if (found.has(node)) continue;
    if (node.inputs.length === 0) return undefined;
    found.add(node);
    for (const read of node.inputs) if (tensorKey(read) !== start) open.push(nodeOf(network, read.node));
  }
  return { input, nodes: network.nodes.filter((node) => found.has(node)) };
}

/** Describes the layers of a region for `lowerSpan`. */
export function describeRegion(network: Network, { nodes }: Pick<Region, 'nodes'>): SpanLayer[] {
  const places = new Map(nodes.map(({ name }, index) => [name, index]));
  return nodes.map((node) => ({
    ...describeNode(network, node),
    reads: node.inputs.map((input) => places.get(input.node) ?? -1),
  }));
}
