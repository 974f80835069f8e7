import { nodeOf } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { sourceOf } from './layer-internals.js';
import { requireSeparableActivation } from './pre-activation.js';
import { readNetwork } from './read-network.js';
import { requireModel } from './require-model.js';
import { runModel } from './run-network.js';

/** The results of running a model, with the pre-activations of some of its layers. */
export interface LayersRun {
  /** The outputs of the model, in its order. */
  readonly outputs: readonly Tensor[];
  /** The pre-activations of the requested layers, in order, [batch, ..., channels]. */
  readonly preActivations: readonly Tensor[];
}

/**
 * Runs a model at inference and returns its outputs and the pre-activations of some of its layers. Call it
 * inside `tf.tidy`, which disposes the intermediate tensors.
 *
 * @param inputs A tensor for each of the model's inputs, in its order.
 * @param layers The names of layers, as `describe` returns them.
 * @throws LAYER_UNKNOWN for a layer that doesn't exist.
 * @throws LAYER_UNSUPPORTED if an activation can't be separated from its layer.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
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
