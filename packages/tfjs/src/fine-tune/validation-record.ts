import type { LayersModel, TensorFlow } from '../tensorflow.js';
import { type FineTuneState, loadWeights, saveWeights } from './fine-tune-state.js';

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
 * @param minDelta By how much a loss must be lower to count as better.
 * @param keepsWeights Whether the best weights will be wanted.
 */
export async function createValidationRecord(
  tf: TensorFlow,
  model: LayersModel,
  start: Best | number,
  minDelta: number,
  keepsWeights: boolean,
): Promise<ValidationRecord> {
  const weightsNow = async () => (keepsWeights ? await saveWeights(model) : []);
  let best: Best =
    typeof start === 'number'
      ? { epoch: -1, startLoss: start, loss: start, weights: await weightsNow() }
      : start;
  return {
    get best() {
      return best;
    },
    async add(epoch, loss) {
      if (loss < best.loss - minDelta) best = { ...best, epoch, loss, weights: await weightsNow() };
    },
    restore: () => loadWeights(tf, model, best.weights),
  };
}
