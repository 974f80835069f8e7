import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { GraphNode, ModelGraph } from './model-graph.js';
import { applyInTwo } from './pre-activation.js';

export interface GraphRun {
  readonly outputs: readonly Tensor[];
  /** Of the model's outputs, what stands before their last activation: logits, where that is a softmax. */
  readonly outputPreActivations: readonly Tensor[];
  /** Of the nodes asked for, in order. */
  readonly preActivations: readonly Tensor[];
}

/**
 * Runs a whole graph and tells what stands before activations. Call it inside `tf.tidy` or a gradient: what is computed
 * between stays until that ends.
 *
 * @param feeds One tensor for each of the model's inputs, in its order.
 * @param training Whether dropout drops and batch normalisation takes the batch's own moments.
 */
export function runWithPreActivations(
  tf: TensorFlow,
  graph: ModelGraph,
  feeds: readonly Tensor[],
  asked: readonly GraphNode[],
  training: boolean,
): GraphRun {
  const tapped = new Set<GraphNode>([...asked, ...graph.outputs.map(({ node }) => node)]);
  const values = new Map<GraphNode, readonly Tensor[]>();
  const before = new Map<GraphNode, Tensor>();
  for (const [index, node] of graph.inputs.entries()) values.set(node, [feeds[index]!]);
  for (const node of graph.nodes) {
    if (values.has(node)) continue;
    const inputs = node.inputs.map(({ node: source, index }) => values.get(source)![index]!);
    const read = inputs.length === 1 ? inputs[0]! : inputs;
    const callArgs = { ...node.call.callArgs, training };
    if (tapped.has(node) && node.call.outputTensors.length === 1) {
      const run = isSoftmax(node)
        ? { before: inputs[0]!, after: node.layer.apply(read, callArgs) as Tensor }
        : applyInTwo(tf, node.layer, read, callArgs);
      values.set(node, [run.after]);
      before.set(node, run.before);
    } else {
      const output = node.layer.apply(read, callArgs) as Tensor | Tensor[];
      values.set(node, Array.isArray(output) ? output : [output]);
    }
  }
  const outputs = graph.outputs.map(({ node, index }) => values.get(node)![index]!);
  return {
    outputs,
    outputPreActivations: graph.outputs.map(({ node }, index) => before.get(node) ?? outputs[index]!),
    preActivations: asked.map((node) => before.get(node)!),
  };
}

/** A layer that is a softmax and nothing else: it has no activation to put aside. */
function isSoftmax({ layer }: GraphNode): boolean {
  return layer.getClassName() === 'Softmax';
}
