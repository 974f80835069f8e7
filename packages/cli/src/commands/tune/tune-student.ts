import { type FineTuned, type FineTuneOptions, fineTune } from '@fuseinit/fine-tune';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Session } from '../../program/run-command.js';
import type { LabelLoss } from './label-loss.js';
import type { TrainingSplit } from './training-split.js';

/** How a student is trained further. */
export interface Tuning
  extends Pick<FineTuneOptions, 'epochs' | 'learningRate' | 'warmUp' | 'seed' | 'batchSize'> {
  readonly tf: TensorFlow;
  readonly student: LayersModel;
  /** Whose outputs it is held to. */
  readonly teacher: LayersModel | undefined;
  /** On labels. */
  readonly loss: LabelLoss | undefined;
  readonly patience?: number;
  readonly temperature?: number;
}

/** Samples in a step where nobody says: that of `fineTune`. */
const defaultBatchSize = 32;

/** Trains a student in place on some samples, and keeps the weights that are best on those held out. */
export function tuneStudent(
  { teacher, loss, patience, temperature, ...options }: Tuning,
  { training, validation }: TrainingSplit,
  { signal, progress }: Pick<Session, 'signal' | 'progress'>,
): Promise<FineTuned> {
  const { student, epochs, batchSize = defaultBatchSize, ...others } = options;
  const batches = Math.ceil(training.count / batchSize);
  let done = 0;
  return fineTune(student, {
    ...others,
    epochs,
    batchSize,
    data: training,
    signal,
    ...(loss && { loss: loss.loss }),
    ...(teacher && { teacher }),
    ...(teacher && temperature !== undefined && { distillation: { temperature } }),
    ...(validation && { validationData: validation }),
    ...(validation && patience !== undefined && { earlyStopping: { patience } }),
    callbacks: {
      onBatchEnd: async () => {
        done++;
        progress.show(`epoch ${Math.ceil(done / batches)} of ${epochs}`, done / (batches * epochs));
      },
    },
  });
}
