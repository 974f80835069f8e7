import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { type FineTuneState, loadWeights, requireWeightsOf, saveWeights } from './fine-tune-state.js';

type Best = NonNullable<FineTuneState['best']>;

/** Records the lowest validation loss so far, and the weights with that loss. */
export interface ValidationRecord {
  readonly best: Best;
  add(epoch: number, loss: number): Promise<void>;
  /** Sets the model's weights to the best ones. */
  restore(): void;
}

/**
 * Creates a record that starts with the model's current weights, or continues an earlier record.
 *
 * @param start The best of an earlier record, or the model's current loss and the last completed epoch.
 * @param minDelta The least decrease in loss that counts as an improvement.
 * @param keepsWeights Whether to keep the best weights.
 * @throws CHECKPOINT_MISMATCH for a best without the weights that are to be kept, or with those of another
 *   model.
 */
export async function createValidationRecord(
  tf: TensorFlow,
  model: LayersModel,
  start: Best | { readonly epoch: number; readonly loss: number },
  minDelta: number,
  keepsWeights: boolean,
): Promise<ValidationRecord> {
  const weightsNow = async () => (keepsWeights ? await saveWeights(model) : []);
  let best: Best;
  if ('weights' in start) {
    if (keepsWeights && start.weights.length === 0 && model.weights.length > 0) {
      throw new FuseInitError(
        'CHECKPOINT_MISMATCH',
        'The state holds no best weights, since it was taken with restoreBestWeights: false; resume it so too.',
      );
    }
    if (keepsWeights) requireWeightsOf(model, start.weights);
    best = start;
  } else {
    best = { ...start, startLoss: start.loss, weights: await weightsNow(), lastFall: start };
  }
  return {
    get best() {
      return best;
    },
    async add(epoch, loss) {
      if (loss < best.lastFall.loss - minDelta) best = { ...best, lastFall: { epoch, loss } };
      if (loss < best.loss) best = { ...best, epoch, loss, weights: await weightsNow() };
    },
    restore: () => loadWeights(tf, model, best.weights),
  };
}
