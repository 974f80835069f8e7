import type { FusedLayer, NdArray } from '@fuseinit/core';
import { frozenAround } from '../graph/frozen-around.js';
import { layerConfig } from '../graph/layer-config.js';
import type { GraphNode, ModelGraph, TensorRef } from '../graph/model-graph.js';
import { unusedName } from '../graph/unused-name.js';
import type { Layer, LayersModel, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { buildFusedLayer, setFusedWeights } from './build-fused-layer.js';
import { applyClone, type ClonedLayer, cloneLayer, copyWeights } from './clone-layer.js';

/** A run of nodes and the layer that takes their place. */
export interface Replacement {
  readonly run: readonly GraphNode[];
  readonly fused: FusedLayer;
  readonly weights: readonly NdArray[];
  readonly name: string;
  /** The layer-pair plugin that gave the fused layer, if one did. */
  readonly plugin: string | undefined;
  /** Names that layers made later will have. */
  readonly reservedNames?: ReadonlySet<string>;
}

/**
 * A new model like the graph's, with one run of nodes replaced by a fused layer; without a replacement, a copy.
 *
 * Every other layer is cloned with its weights, so that the two models can be disposed apart. In a copy, activations
 * that are layers of their own have come off into layers beside; so the run's last layer has none.
 *
 * @throws MODEL_UNSUPPORTED when a layer can't be cloned.
 * @throws PLUGIN_FAILED, LAYER_UNSUPPORTED when the fused layer can't be built, as {@link buildFusedLayer}.
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
  const frozen = frozenAround(graph.model);
  const taken = new Set([...graph.nodes.map(({ id }) => id), ...(replacement?.reservedNames ?? [])]);
  let setWeights = (): void => {};

  for (const node of graph.nodes) {
    if (graph.inputs.includes(node)) {
      made.set(node, [inputLike(tf, node)]);
    } else if (replacement && node === last) {
      const { fused, weights, name, run, plugin } = replacement;
      const config = { ...settingsOf(run), ...fused.config };
      const input = read(run[0]!.inputs[0]!);
      const built = buildFusedLayer(tf, { ...fused, config }, input, name, taken, plugin);
      layers.push(built.layer);
      setWeights = () => setFusedWeights(tf, built.layer, weights, plugin);
      made.set(node, [built.output]);
    } else if (!replacement?.run.includes(node)) {
      let clone = clones.get(node.layer);
      if (!clone) {
        const activation = unusedName(`${node.id}_activation`, taken);
        clone = cloneLayer(node.layer, { layer: node.id, activation });
        if (clone.activation) taken.add(activation);
        clones.set(node.layer, clone);
      }
      layers.push(clone.layer, ...(clone.activation ? [clone.activation] : []));
      made.set(node, applyClone(tf, clone, node.inputs.map(read), node.call.callArgs));
    }
  }
  for (const [original, clone] of clones) {
    copyWeights(original, clone);
    const { trainable } = clone.layer;
    if (frozen.has(original)) clone.layer.trainable = false;
    // A model that is frozen as a whole freezes each weight; the copy isn't frozen, so that its layers say what trains.
    else if (!graph.model.trainable) clone.layer.trainable = trainable;
  }
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

/**
 * The settings that a run's layers pass on to the one in their place. A single layer, which gets other weights, passes on
 * all. Of several, the last passes on its regularizers, but no constraint, since that would change the solution; and the
 * layer in their place trains where any of them does.
 */
function settingsOf(run: readonly GraphNode[]): Record<string, unknown> {
  const settings = layerConfig(run.at(-1)!.layer);
  if (run.length === 1) return settings;
  const passedOn = ['kernelRegularizer', 'biasRegularizer'].filter((name) => name in settings);
  return {
    ...Object.fromEntries(passedOn.map((name) => [name, settings[name]])),
    trainable: run.some(({ layer }) => layer.trainableWeights.length > 0),
  };
}

function inputLike(tf: TensorFlow, node: GraphNode): SymbolicTensor {
  const [symbolic] = node.call.outputTensors;
  const { sparse = false } = node.layer.getConfig() as { readonly sparse?: boolean };
  return tf.input({ name: node.id, batchShape: [...symbolic!.shape], dtype: symbolic!.dtype, sparse });
}
