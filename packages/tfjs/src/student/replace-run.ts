import type { FusedLayer, NdArray } from '@fuseinit/core';
import { activationLayerOf } from '../graph/layer-internals.js';
import type { GraphNode, ModelGraph, TensorRef } from '../graph/model-graph.js';
import type { Layer, LayersModel, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { buildFusedLayer, setFusedWeights } from './build-fused-layer.js';
import { applyClone, type ClonedLayer, cloneLayer, copyWeights } from './clone-layer.js';

/** A run of nodes and the layer that takes their place. */
export interface Replacement {
  readonly run: readonly GraphNode[];
  readonly fused: FusedLayer;
  readonly weights: readonly NdArray[];
  readonly name: string;
}

/**
 * A new model like the graph's, with one run of nodes replaced by a fused layer; without a replacement, a copy.
 *
 * Every other layer is cloned with its weights, so that the two models can be disposed apart. The activation of the
 * run's last layer is kept.
 *
 * @throws MODEL_UNSUPPORTED when a layer can't be cloned.
 */
export function replaceRun(tf: TensorFlow, graph: ModelGraph, replacement?: Replacement): LayersModel {
  const made = new Map<GraphNode, readonly SymbolicTensor[]>();
  const clones = new Map<Layer, ClonedLayer>();
  const read = ({ node, index }: TensorRef): SymbolicTensor => made.get(node)![index]!;
  const last = replacement?.run.at(-1);
  let setWeights = (): void => {};

  for (const node of graph.nodes) {
    if (graph.inputs.includes(node)) {
      made.set(node, [inputLike(tf, node)]);
    } else if (replacement && node === last) {
      const { fused, weights, name, run } = replacement;
      const carried = carriedConfig(node.layer.getConfig() as Record<string, unknown>);
      const config = { ...carried, ...fused.config };
      const built = buildFusedLayer(tf, { ...fused, config }, read(run[0]!.inputs[0]!), name);
      setWeights = () => setFusedWeights(tf, built.layer, weights);
      const activation = activationLayerOf(node.layer);
      const ending = activation && cloneLayer(activation, `${name}_activation`);
      if (ending) clones.set(activation, ending);
      made.set(node, ending ? applyClone(ending, [built.output]) : [built.output]);
    } else if (!replacement?.run.includes(node)) {
      const clone = clones.get(node.layer) ?? cloneLayer(node.layer, node.id);
      clones.set(node.layer, clone);
      made.set(node, applyClone(clone, node.inputs.map(read), node.call.callArgs));
    }
  }
  for (const [original, clone] of clones) copyWeights(original, clone);
  setWeights();
  return tf.model({
    name: graph.model.name,
    inputs: graph.inputs.map((node) => made.get(node)![0]!),
    outputs: graph.outputs.map(read),
  });
}

/** What the last layer of a run passes on for later training. Not its constraints: they would change the solution. */
function carriedConfig({
  kernelRegularizer,
  biasRegularizer,
  trainable,
}: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ kernelRegularizer, biasRegularizer, trainable }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function inputLike(tf: TensorFlow, node: GraphNode): SymbolicTensor {
  const [symbolic] = node.call.outputTensors;
  return tf.input({ name: node.id, batchShape: [...symbolic!.shape], dtype: symbolic!.dtype });
}
