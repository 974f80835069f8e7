import { activationLayerOf } from './layer-internals.js';
import type { GraphNode, ModelGraph, TensorRef } from './model-graph.js';

/** A teacher's graph, and on it what a student computes otherwise. */
export interface GraftedGraph extends Pick<ModelGraph, 'nodes' | 'inputs'> {
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
  const locate = ({ node, index }: TensorRef): TensorRef => ({ node: places.get(node)!, index });

  for (const node of student.nodes) {
    const inputIndex = student.inputs.indexOf(node);
    const inputs = node.inputs.map(locate);
    const original = changed.has(node.id) ? undefined : originals.get(node.id);
    const activates = node.inputs.length === 1 ? bare.get(node.inputs[0]!.node) : undefined;
    if (inputIndex >= 0) {
      places.set(node, teacher.inputs[inputIndex]!);
    } else if (activates) {
      places.set(node, activates);
    } else if (original && readsSame(original.inputs, inputs) && !activationLayerOf(original.layer)) {
      places.set(node, original);
    } else {
      const graft = { ...node, inputs };
      grafted.push(graft);
      places.set(node, graft);
      if (original && readsSame(original.inputs, inputs)) bare.set(node, original);
    }
  }
  return { nodes: [...teacher.nodes, ...grafted], inputs: teacher.inputs, locate };
}

function readsSame(first: readonly TensorRef[], second: readonly TensorRef[]): boolean {
  return (
    first.length === second.length &&
    first.every(({ node, index }, at) => node === second[at]!.node && index === second[at]!.index)
  );
}
