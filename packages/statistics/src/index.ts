export { requireNotAborted } from './abort.js';
export {
  type CollectOptions,
  type CollectProgress,
  collectMoments,
  type TapBatch,
} from './collect-moments.js';
export {
  type CollectedMoments,
  type Collector,
  type CollectorState,
  createCollector,
} from './create-collector.js';
export { sampleAdequacy } from './sample-adequacy.js';
