import { nodeOf } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { sourceOf } from './layer-internals.js';
import { requireSeparableActivation } from './pre-activation.js';
import { readNetwork } from './read-network.js';
import { requireModel } from './require-model.js';
import { runModel } from './run-network.js';

/** The results of running a model with some of its layers' pre-activations. */
export interface LayersRun {
  /** Of the model, in its order. */
  readonly outputs: readonly Tensor[];
  /**
   * Of the layers asked for, in order: what each computes before its own activation, [batch, ..., channels].
   */
  readonly preActivations: readonly Tensor[];
}

/**
 * Runs a model at inference and gives what some of its layers compute before their activations. Call it
 * inside `tf.tidy`: what is computed between stays until that ends.
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
  const network = readNetwork(model);
  for (const name of layers) requireSeparableActivation(sourceOf(nodeOf(network, name).layer)!);
  const { outputs, preActivations } = runModel(network, inputs, layers);
  return { outputs, preActivations };
}
