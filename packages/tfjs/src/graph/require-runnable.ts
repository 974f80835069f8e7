import { FuseInitError } from '@fuseinit/core';
import type { SymbolicTensor } from '../tensorflow.js';
import type { ModelGraph } from './model-graph.js';

const dtypes = new Set<string>(['float32', 'int32', 'bool']);

/**
 * Refuses a model that takes no numbers, or that computes another output for a sample after other samples.
 *
 * @throws MODEL_UNSUPPORTED as {@link requireNumericInputs} does.
 * @throws LAYER_UNSUPPORTED for a stateful layer.
 */
export function requireRunnable({ nodes, inputs }: Pick<ModelGraph, 'nodes' | 'inputs'>): void {
  requireNumericInputs(inputs.map(({ call }) => call.outputTensors[0]!));
  const stateful = nodes.find(({ layer }) => layer.stateful);
  if (!stateful) return;
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(stateful.id)} (${stateful.layer.getClassName()}) is stateful: it goes on from the batch before, so that there is no one output for a sample, and running it would change the state of your model. Load the model with stateful: false.`,
    { layerName: stateful.id },
  );
}

/**
 * Refuses a model's inputs of another type than TensorFlow.js computes with, such as uint8, which a file may name.
 *
 * @throws MODEL_UNSUPPORTED for such an input, or one of length 0.
 */
export function requireNumericInputs(inputs: readonly SymbolicTensor[]): void {
  for (const { dtype, shape, sourceLayer } of inputs) {
    const { name } = sourceLayer;
    if (!dtypes.has(dtype)) {
      const advice = ['string', 'complex64'].includes(dtype)
        ? 'Leave out of the model what makes such numbers of it, and give these.'
        : 'Its predict refuses this model, too: set the dtype of this InputLayer to int32 or float32 in model.json, or export the model again so.';
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} is of dtype ${dtype}: float32, int32 or bool was expected, the kinds of numbers that TensorFlow.js computes with. ${advice}`,
        { layerName: name },
      );
    }
    if (shape.slice(1).includes(0)) {
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} is of shape [${shape.slice(1)}], which holds no number: leave it out of the model.`,
        { layerName: name },
      );
    }
  }
}
