export {
  type CollectOptions,
  type CollectProgress,
  type CollectTapsOptions,
  collectMoments,
  collectTaps,
  type TapBatch,
  type TapsBatch,
  type TapsProgress,
} from './collect-taps.js';
export {
  type CollectedMoments,
  type CollectedRows,
  type Collector,
  type CollectorState,
  createCollector,
  createRowsCollector,
  type FloatRows,
  type RowsCollector,
  type RowsCollectorState,
} from './collectors.js';
export type { BatchRange, Gathered, GatheredCounts, Gathering } from './gathering.js';
export { createHeldOutRows, type HeldOutRows, type HeldOutSample } from './held-out-rows.js';
export type { BatchInfo, Shaped, Tap, TapTensors } from './intake.js';
export { sampleAdequacy } from './sample-adequacy.js';
export {
  createSettling,
  firstRound,
  type JudgedRound,
  type SettleOptions,
  type Settling,
  type SettlingReport,
  type SettlingRound,
  type SettlingState,
} from './settling.js';
export { decodeStates, encodeStates, type StatesFile } from './states-file.js';
