export type { Loss } from '@fuseinit/tfjs/internal';
export type { DistillationOptions } from './distillation.js';
export { fineTune } from './fine-tune.js';
export type { FineTuneCallback, FineTuned, FineTuneEpoch, FineTuneOptions } from './fine-tune-options.js';
export type { FineTuneState, RateSearch, SavedOptimizer, SavedTensor, TriedRate } from './fine-tune-state.js';
export type { TrainingData } from './training-data.js';
