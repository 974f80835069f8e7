import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { fixedBatchOf, inBatchesOf } from './fixed-batch.js';
import { readTwice } from './read-twice.js';
import { requireNumericInputs } from './require-runnable.js';

/**
 * What `predictOnBatch` gives, one tensor for each output; of a model of a fixed batch for any number of samples. Call it
 * inside `tf.tidy`.
 *
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @throws MODEL_UNSUPPORTED for inputs of no numbers, and with TensorFlow.js's own words where it can't run the model, or
 * the reason where its `predict` fails though every layer runs.
 */
export function predictBatch(model: LayersModel, inputs: readonly Tensor[]): Tensor[] {
  requireNumericInputs(model.inputs);
  return inBatchesOf(fixedBatchOf(model.inputs), inputs, (batch) => {
    try {
      return [model.predictOnBatch(batch.length === 1 ? batch[0]! : [...batch])].flat();
    } catch (cause) {
      if (FuseInitError.isInstance(cause)) throw cause;
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `TensorFlow.js can't run the model ${JSON.stringify(model.name)}: ${readTwice(model) ?? (cause as Error).message}`,
        { cause },
      );
    }
  });
}
