import type { FusedLayer, NdArray } from '@fuseinit/core';
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
 * Every other layer is cloned with its weights, so that the two models can be disposed apart. In a copy, activations
 * that are layers of their own have come off into layers beside; so the run's last layer has none.
 *
 * @throws MODEL_UNSUPPORTED when a layer can't be cloned.
 * @throws LAYER_UNSUPPORTED, SHAPE_MISMATCH when a plugin's fused layer can't be built.
 */
export function replaceRun(tf: TensorFlow, graph: ModelGraph, replacement?: Replacement): LayersModel {
  const layers: Layer[] = [];
  try {
    return assemble(tf, graph, replacement, layers);
  } catch (error) {
    for (const layer of layers) disposeWeights(layer);
    throw error;
  }
}

/** Every layer is added to `layers` as it is made. */
function assemble(
  tf: TensorFlow,
  graph: ModelGraph,
  replacement: Replacement | undefined,
  layers: Layer[],
): LayersModel {
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
      layers.push(built.layer);
      setWeights = () => setFusedWeights(tf, built.layer, weights);
      made.set(node, [built.output]);
    } else if (!replacement?.run.includes(node)) {
      const clone = clones.get(node.layer) ?? cloneLayer(node.layer, node.id);
      clones.set(node.layer, clone);
      layers.push(clone.layer, ...(clone.activation ? [clone.activation] : []));
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

/** Frees the weights of a layer that is in no model yet; one never applied has none. */
function disposeWeights(layer: Layer): void {
  for (const weight of layer.weights) weight.dispose();
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
