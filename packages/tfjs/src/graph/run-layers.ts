import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { type GraphNode, readGraph } from './model-graph.js';
import { requireSeparableActivation } from './pre-activation.js';
import { requireModel } from './require-model.js';
import { runModel } from './run-graph.js';

export interface LayersRun {
  /** Of the model, in its order. */
  readonly outputs: readonly Tensor[];
  /** Of the layers asked for, in order: what each computes before its own activation, [batch, ..., channels]. */
  readonly preActivations: readonly Tensor[];
}

/**
 * Runs a model at inference and tells what some of its layers compute before their activations. Call it inside `tf.tidy`:
 * what is computed between stays until that ends.
 *
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @param layers Names of layers as `describe` gives them.
 * @throws LAYER_UNKNOWN for a layer that isn't there.
 * @throws LAYER_UNSUPPORTED where an activation can't be put aside.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 */
export function runLayers(
  model: LayersModel,
  inputs: readonly Tensor[],
  layers: readonly string[],
): LayersRun {
  requireModel(model);
  const graph = readGraph(model);
  const asked = layers.map((name) => nodeOf(graph.nodes, name, model.name));
  for (const { layer } of asked) requireSeparableActivation(layer);
  const { outputs, preActivations } = runModel(graph, inputs, asked);
  return { outputs, preActivations };
}

function nodeOf(nodes: readonly GraphNode[], name: string, model: string): GraphNode {
  const node = nodes.find(({ id }) => id === name);
  if (node) return node;
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The model ${JSON.stringify(model)} has no layer ${JSON.stringify(name)}. It has ${nodes.map(({ id }) => id).join(', ')}.`,
    { layerName: name },
  );
}
