export { requireNotAborted } from './abort.js';
export {
  type CollectOptions,
  type CollectProgress,
  collectMoments,
  type TapBatch,
} from './collect-moments.js';
export {
  type CollectTapsOptions,
  collectTaps,
  type Tap,
  type TapsBatch,
  type TapsProgress,
} from './collect-taps.js';
export {
  type CollectedMoments,
  type Collector,
  type CollectorState,
  createCollector,
  type GatheredMoments,
} from './create-collector.js';
export type { BatchInfo, Shaped, TapTensors } from './create-intake.js';
export type { BatchRange } from './not-finite.js';
export { sampleAdequacy } from './sample-adequacy.js';
