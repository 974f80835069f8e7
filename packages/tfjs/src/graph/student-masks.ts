import type { GraphNode, TensorRef } from './graph-node.js';
import { activationLayerOf } from './layer-internals.js';
import {
  argumentsAfter,
  type CallArguments,
  type CallMasks,
  callMasks,
  carriedMask,
  executionOrder,
  type MaskFlow,
} from './mask-flow.js';
import type { ModelGraph } from './model-graph.js';

/**
 * The first layer that gets another mask in a student than in its teacher, where one layer takes the place of a run. A
 * student has no nested models, so that this may be so without a run.
 *
 * @param passes Whether the layer in the run's place passes on the mask of its input.
 */
export function changedMask(
  graph: ModelGraph,
  run: readonly GraphNode[] = [],
  passes = false,
): GraphNode | undefined {
  if (graph.masks.size === 0) return undefined;
  const flow = studentMaskFlow(graph, new Set(run), passes);
  return graph.nodes.find(
    (node) =>
      !run.includes(node) &&
      origin(graph.masks, graph.masks.get(node)?.given) !== origin(flow, flow.get(node)?.given),
  );
}

/** The masks of a student's calls, at the teacher's nodes that it has. */
function studentMaskFlow(graph: ModelGraph, run: ReadonlySet<GraphNode>, passes: boolean): MaskFlow {
  const flow = new Map<GraphNode, CallMasks>();
  const carried = new Map<GraphNode, GraphNode | undefined>();
  const tensors = new Map<GraphNode, TensorRef[]>();
  // One object for each tensor, so that it is known again.
  const known = ({ node, index }: TensorRef): TensorRef => {
    const of = tensors.get(node) ?? [];
    tensors.set(node, of);
    of[index] ??= { node, index };
    return of[index]!;
  };
  let args: CallArguments | undefined;
  for (const { node } of executionOrder(graph.outputs.map(known), (ref) => ref.node.inputs.map(known))) {
    if (graph.inputs.includes(node)) continue;
    const ofInputs = node.inputs.map((input) => carried.get(input.node));
    args = argumentsAfter(args, ofInputs);
    const made = run.has(node) ? (passes ? ofInputs[0] : undefined) : carriedMask(node, ofInputs);
    const activation = activationLayerOf(node.layer);
    // In a student an activation layer stands beside, and so gets the mask that a plain activation doesn't.
    const masks = callMasks(
      activation ?? node.layer,
      made === node,
      (activation && made) ?? args?.mask,
      ofInputs,
    );
    if (masks && !flow.has(node)) flow.set(node, masks);
    carried.set(node, activation?.supportsMasking === false ? undefined : made);
  }
  return flow;
}

/** What a mask was computed from, as text to compare. */
function origin(flow: MaskFlow, maker: GraphNode | undefined): string {
  if (!maker) return 'none';
  const from = flow.get(maker)?.ofInputs.map((input) => origin(flow, input)) ?? [];
  return `${maker.id}(${from.join()})`;
}
