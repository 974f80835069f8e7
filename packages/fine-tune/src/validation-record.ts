import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { type FineTuneState, loadWeights, requireWeightsOf, saveWeights } from './fine-tune-state.js';

type Best = NonNullable<FineTuneState['best']>;

/** Keeps the lowest validation loss so far, and the weights that had it. */
export interface ValidationRecord {
  readonly best: Best;
  add(epoch: number, loss: number): Promise<void>;
  /** Gives the model the best weights. */
  restore(): void;
}

/**
 * A record that begins with the model as it is, or where another left off.
 *
 * @param start Another's best, or the loss of the model as it is and the epoch that it comes after.
 * @param minDelta By how much a loss must be lower to count as a fall.
 * @param keepsWeights Whether the best weights will be wanted.
 * @throws CHECKPOINT_MISMATCH for a best without the weights that will be wanted, or of another model.
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
