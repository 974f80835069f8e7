import { FuseInitError, readTwice } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { inBatchesOf } from './fixed-batch.js';
import { readNetwork } from './read-network.js';
import { requireNumericInputs } from './run-network.js';

/**
 * Runs `predictOnBatch` and returns one tensor for each output. A model with a fixed batch size accepts any
 * number of samples. Call it inside `tf.tidy`.
 *
 * @param inputs A tensor for each of the model's inputs, in its order.
 * @throws MODEL_UNSUPPORTED for inputs that aren't numeric, or if TensorFlow.js can't run the model: with its
 *   message, or with the reason why `predict` fails although every layer runs.
 */
export function predictBatch(model: LayersModel, inputs: readonly Tensor[]): Tensor[] {
  requireNumericModel(model);
  return inBatchesOf(model.inputs[0]!.shape[0] ?? null, inputs, (batch) => {
    try {
      return [model.predictOnBatch(batch.length === 1 ? batch[0]! : [...batch])].flat();
    } catch (cause) {
      if (FuseInitError.isInstance(cause)) throw cause;
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `TensorFlow.js can't run the model ${JSON.stringify(model.name)}: ${predictFault(model) ?? (cause as Error).message}`,
        { cause },
      );
    }
  });
}

/**
 * Explains why `predict` of TensorFlow.js may fail on a model whose layers it can run; undefined if nothing
 * in the model explains it.
 *
 * `predict` counts the layers that read a tensor. It counts a layer that reads the tensor twice as two, and
 * so disposes the tensor before the others have read it. An output that is listed twice is filled in only
 * once.
 */
function predictFault(model: LayersModel): string | undefined {
  const names = model.outputs.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    return `It lists the output ${JSON.stringify(repeated)} twice, and predict fills in the first only: list it once.`;
  }
  for (const { reader, tensor, other } of readTwice(readNetwork(model))) {
    const [name, source, last] = [reader.name, tensor.node, other.name].map((text) => JSON.stringify(text));
    return `The layer ${name} reads the output of ${source} twice, and predict then disposes it before the layer ${last} has read it: let ${name} read it by an Activation layer of 'linear' instead.`;
  }
  return undefined;
}

/**
 * Requires a model with numeric inputs.
 *
 * @throws MODEL_UNSUPPORTED as {@link requireNumericInputs} does.
 */
export function requireNumericModel({ inputs }: LayersModel): void {
  requireNumericInputs(
    inputs.map(({ dtype, shape, sourceLayer }) => ({ name: sourceLayer.name, dtype, shape: shape.slice(1) })),
  );
}
