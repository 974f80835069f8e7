import type { Tensor } from '../tensorflow.js';

/** One batch, disposed when the next is asked for. */
export interface TrainingBatch {
  readonly xs: readonly Tensor[];
  /** Empty where there are no labels. */
  readonly ys: readonly Tensor[];
  readonly samples: number;
}

/** Training data that can be passed over any number of times. */
export interface TrainingSource {
  /** Where it is known beforehand. */
  readonly batchesPerEpoch: number | undefined;
  /** In an order that the seed decides; in their own without one. */
  batches(seed?: number): AsyncGenerator<TrainingBatch>;
  dispose(): void;
}
