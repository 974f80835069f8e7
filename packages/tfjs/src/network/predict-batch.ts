import { FuseInitError, readTwice } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { inBatchesOf } from './fixed-batch.js';
import { readNetwork } from './read-network.js';
import { requireNumericInputs } from './run-network.js';

/**
 * What `predictOnBatch` gives, one tensor for each output; of a model of a fixed batch for any number of
 * samples. Call it inside `tf.tidy`.
 *
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @throws MODEL_UNSUPPORTED for inputs of no numbers, and with TensorFlow.js's own words where it can't run
 * the model, or the reason where its `predict` fails though every layer runs.
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
 * Why `predict` of TensorFlow.js may fail on a model whose layers it can run, in words; undefined where
 * nothing in the model is of that kind.
 *
 * It counts the layers that read a tensor, but a layer that reads it twice for two, and so disposes it before
 * the others have read it. An output that is listed twice it fills in once.
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
 * Refuses a model whose inputs are no numbers.
 *
 * @throws MODEL_UNSUPPORTED as {@link requireNumericInputs} does.
 */
export function requireNumericModel({ inputs }: LayersModel): void {
  requireNumericInputs(
    inputs.map(({ dtype, shape, sourceLayer }) => ({ name: sourceLayer.name, dtype, shape: shape.slice(1) })),
  );
}
