import type { Layer, Tensor } from '../tensorflow.js';
import type { GraphNode, ModelGraph } from './model-graph.js';
import { applyInTwo, isSoftmax } from './pre-activation.js';

export interface GraphRun {
  readonly outputs: readonly Tensor[];
  /** Of the model's outputs, what stands before their last activation: logits, where that is a softmax. */
  readonly outputPreActivations: readonly Tensor[];
  /** Of the nodes asked for, in order; of a layer with several outputs the first, as it is. */
  readonly preActivations: readonly Tensor[];
}

type Mask = Tensor | null;

/** What the runner needs of layers that tell which steps of a sequence count; not typed for the outside. */
interface Masking {
  readonly supportsMasking: boolean;
  computeMask(inputs: Tensor[], masks: Mask[]): Mask | Mask[];
}

/**
 * Runs a whole graph and tells what stands before activations. Call it inside `tf.tidy` or a gradient: what is computed
 * between stays until that ends.
 *
 * @param feeds One tensor for each of the model's inputs, in its order.
 * @param trains Of which layers dropout drops and batch normalisation takes the batch's own moments.
 */
export function runWithPreActivations(
  graph: ModelGraph,
  feeds: readonly Tensor[],
  asked: readonly GraphNode[],
  trains: (layer: Layer) => boolean,
): GraphRun {
  const tapped = new Set<GraphNode>([...asked, ...graph.outputs.map(({ node }) => node)]);
  const values = new Map<GraphNode, readonly Tensor[]>();
  const masks = new Map<GraphNode, Mask>();
  const before = new Map<GraphNode, Tensor>();
  for (const [index, node] of graph.inputs.entries()) values.set(node, [feeds[index]!]);
  for (const node of graph.nodes) {
    if (values.has(node)) continue;
    const { layer, call } = node;
    const inputs = node.inputs.map(({ node: source, index }) => values.get(source)![index]!);
    const inputMasks = node.inputs.map(({ node: source }) => masks.get(source) ?? null);
    const read = inputs.length === 1 ? inputs[0]! : inputs;
    const callArgs: Record<string, unknown> = { ...call.callArgs, training: trains(layer) };
    // As tfjs's own executor does: of several inputs the first one's mask.
    if (inputMasks.some((mask) => mask !== null)) callArgs.mask = inputMasks[0];
    if (tapped.has(node) && call.outputTensors.length === 1) {
      const run = isSoftmax(layer)
        ? { before: inputs[0]!, after: layer.apply(read, callArgs) as Tensor }
        : applyInTwo(layer, read, callArgs);
      values.set(node, [run.after]);
      before.set(node, run.before);
    } else {
      const output = layer.apply(read, callArgs) as Tensor | Tensor[];
      values.set(node, Array.isArray(output) ? output : [output]);
    }
    masks.set(node, maskAfter(layer, inputs, inputMasks));
  }
  const firstOf = (node: GraphNode, index: number) => before.get(node) ?? values.get(node)![index]!;
  return {
    outputs: graph.outputs.map(({ node, index }) => values.get(node)![index]!),
    outputPreActivations: graph.outputs.map(({ node, index }) => firstOf(node, index)),
    preActivations: asked.map((node) => firstOf(node, 0)),
  };
}

function maskAfter(layer: Layer, inputs: Tensor[], inputMasks: Mask[]): Mask {
  const masking = layer as unknown as Masking;
  if (!masking.supportsMasking) return null;
  const mask = masking.computeMask(inputs, inputMasks);
  return (Array.isArray(mask) ? mask[0] : mask) ?? null;
}
