import { activationLayerOf } from './layer-internals.js';
import type { CallMasks } from './mask-flow.js';
import type { GraphNode, ModelGraph, TensorRef } from './model-graph.js';
import type { Runnable } from './run-graph.js';

/** A teacher's graph, and on it what a student computes otherwise. */
export interface GraftedGraph extends Runnable {
  /** Where a tensor of the student is found: at the teacher's node where both compute the same. */
  locate(ref: TensorRef): TensorRef;
}

/**
 * A student's changed layers on top of the graph of its teacher, so that one run gives the tensors of both and computes
 * what they share once.
 *
 * @param changed Names of the student's layers that took a run's place or have new weights.
 */
export function graftGraph(
  teacher: ModelGraph,
  student: ModelGraph,
  changed: ReadonlySet<string>,
): GraftedGraph {
  const originals = new Map(teacher.nodes.map((node) => [node.id, node]));
  const places = new Map<GraphNode, GraphNode>();
  // A student's copies of layers whose activation is a layer of its own, which stands beside in the student.
  const bare = new Map<GraphNode, GraphNode>();
  const grafted: GraphNode[] = [];
  const masks = new Map(teacher.masks);
  const locate = ({ node, index }: TensorRef): TensorRef => ({ node: place(node), index });

  const place = (node: GraphNode): GraphNode => {
    const placed = places.get(node) ?? placeOf(node);
    places.set(node, placed);
    return placed;
  };
  const placeOf = (node: GraphNode): GraphNode => {
    const inputIndex = student.inputs.indexOf(node);
    if (inputIndex >= 0) return teacher.inputs[inputIndex]!;
    const inputs = node.inputs.map(locate);
    const own = student.masks.get(node);
    const got: CallMasks | undefined = own && {
      given: own.given && place(own.given),
      ofInputs: own.ofInputs.map((maker) => maker && place(maker)),
    };
    const original = changed.has(node.id) ? undefined : originals.get(node.id);
    const isSame =
      original && readsSame(original.inputs, inputs) && getsSame(teacher.masks.get(original), got);
    const activates = node.inputs.length === 1 ? bare.get(node.inputs[0]!.node) : undefined;
    if (activates) return activates;
    if (isSame && !activationLayerOf(original.layer)) return original;
    const graft = { ...node, inputs };
    grafted.push(graft);
    if (got) masks.set(graft, got);
    if (isSame) bare.set(node, original);
    return graft;
  };
  for (const node of student.nodes) place(node);
  return { nodes: [...teacher.nodes, ...grafted], inputs: teacher.inputs, masks, locate };
}

function readsSame(first: readonly TensorRef[], second: readonly TensorRef[]): boolean {
  return (
    first.length === second.length &&
    first.every(({ node, index }, at) => node === second[at]!.node && index === second[at]!.index)
  );
}

/** Whether two calls get the same masks; what a graph doesn't tell of, gets none. */
function getsSame(first: CallMasks | undefined, second: CallMasks | undefined): boolean {
  const makers = (masks: CallMasks | undefined) => [masks?.given, ...(masks?.ofInputs ?? [])];
  const [one, other] = [makers(first), makers(second)];
  return Array.from({ length: Math.max(one.length, other.length) }).every(
    (_, index) => one[index] === other[index],
  );
}
