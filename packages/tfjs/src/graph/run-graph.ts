import type { Tensor } from '../tensorflow.js';
import type { GraphNode, ModelGraph, TensorRef } from './model-graph.js';
import { applyActivation, applyBefore, requireSeparableActivation } from './pre-activation.js';

/** A tensor of a graph: an output of a node, or what a node of one output computes before its own activation. */
export interface Wanted extends TensorRef {
  readonly beforeActivation?: boolean;
}

/**
 * Runs the part of a graph that the wanted tensors depend on, at inference, each layer once, and returns them in order.
 *
 * Layers are called as they are: no probe model is made, since disposing one would dispose the caller's weights. Each
 * tensor between is disposed after its last use; call it inside `tf.tidy` for what layers leave behind.
 *
 * @param feeds One tensor for each of the model's inputs, in its order.
 * @throws LAYER_UNSUPPORTED where an activation can't be put aside.
 */
export function runGraph(
  graph: Pick<ModelGraph, 'nodes' | 'inputs'>,
  feeds: readonly Tensor[],
  wanted: readonly Wanted[],
): Tensor[] {
  const values = new Map<GraphNode, readonly Tensor[]>();
  const before = new Map<GraphNode, Tensor>();
  for (const [index, node] of graph.inputs.entries()) values.set(node, [feeds[index]!]);
  const stopsBefore = new Set(wanted.filter((want) => want.beforeActivation).map(({ node }) => node));
  const given = wanted.filter((want) => !want.beforeActivation).map(({ node }) => node);
  const needed = ancestors(wanted);
  const nodes = graph.nodes.filter((node) => needed.has(node));
  const usesLeft = new Map<GraphNode, number>();
  const kept = new Set<GraphNode>([...graph.inputs, ...given]);
  for (const { node } of nodes.flatMap(({ inputs }) => inputs))
    usesLeft.set(node, (usesLeft.get(node) ?? 0) + 1);

  for (const node of nodes) {
    if (values.has(node)) continue;
    const { layer } = node;
    const inputs = node.inputs.map(({ node: source, index }) => values.get(source)![index]!);
    const read = inputs.length === 1 ? inputs[0]! : inputs;
    const callArgs = { ...node.call.callArgs, training: false };
    if (stopsBefore.has(node)) {
      requireSeparableActivation(layer);
      const preActivation = applyBefore(layer, read, callArgs);
      before.set(node, preActivation);
      if (kept.has(node) || usesLeft.has(node)) {
        const after = applyActivation(layer, preActivation);
        // Disposed on its own.
        values.set(node, [after === preActivation ? after.clone() : after]);
      }
    } else {
      const output = layer.apply(read, callArgs) as Tensor | Tensor[];
      values.set(node, Array.isArray(output) ? output : [output]);
    }
    for (const { node: source } of node.inputs) {
      usesLeft.set(source, usesLeft.get(source)! - 1);
      if (usesLeft.get(source) === 0 && !kept.has(source))
        for (const tensor of values.get(source)!) tensor.dispose();
    }
  }
  return wanted.map(({ node, index, beforeActivation }) =>
    beforeActivation ? before.get(node)! : values.get(node)![index]!,
  );
}

function ancestors(wanted: readonly TensorRef[]): Set<GraphNode> {
  const found = new Set<GraphNode>();
  const open = wanted.map(({ node }) => node);
  for (let node = open.pop(); node; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs.map(({ node: source }) => source));
  }
  return found;
}
