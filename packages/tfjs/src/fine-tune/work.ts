import type { Objective } from './batch-loss.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import type { TrainedGroup } from './trained-groups.js';
import type { TrainingSource } from './training-source.js';

/** What one call of `fineTune` works on. */
export interface Work {
  readonly options: FineTuneOptions;
  readonly objective: Objective;
  readonly groups: readonly TrainedGroup[];
  readonly training: TrainingSource;
}
