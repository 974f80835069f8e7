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
  type TapsBatch,
  type TapsProgress,
} from './collect-taps.js';
export {
  type CollectedMoments,
  type Collector,
  type CollectorState,
  createCollector,
} from './create-collector.js';
export type { Gathered, GatheredCounts, Gathering } from './create-gathering.js';
export { createHeldOutRows, type HeldOutRows, type HeldOutSample } from './create-held-out-rows.js';
export type { BatchInfo, Shaped, Tap, TapTensors } from './create-intake.js';
export {
  type CollectedRows,
  createRowsCollector,
  type FloatRows,
  type RowsCollector,
  type RowsCollectorState,
} from './create-rows-collector.js';
export {
  createSettling,
  type JudgedRound,
  type Settling,
  type SettlingReport,
  type SettlingRound,
  type SettlingState,
} from './create-settling.js';
export { decodeStates, encodeStates, type StatesFile } from './file/states-file.js';
export { firstRound } from './first-round.js';
export type { BatchRange } from './not-finite.js';
export { sampleAdequacy } from './sample-adequacy.js';
export type { SettleOptions } from './settle-taps.js';
