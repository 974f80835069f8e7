export { createDeviceBackend, type DeviceBackendOptions } from './backend/create-device-backend.js';
export { createLinalgBackend } from './backend/create-linalg-backend.js';
export type {
  CalibrationBatch,
  CalibrationData,
  IndexedData,
  ShapedArray,
} from './calibration/calibration-data.js';
export {
  type CollectStatisticsOptions,
  type CollectStatisticsProgress,
  collectStatistics,
} from './collect/collect-statistics.js';
export { mergeStatistics } from './collect/merge-statistics.js';
export type {
  CollectedShard,
  DataRecord,
  InputRecord,
  InputValues,
  Shard,
  SpanStatistics,
  Statistics,
} from './collect/statistics.js';
export { decodeStatistics, encodeStatistics } from './collect/statistics-file.js';
export { type DescribedLayer, describe, type ModelDescription } from './describe.js';
export { type FoundSpans, findSpans, type IllegalSpan, type LegalSpan } from './find-spans.js';
export { type Checkpoint, type CheckpointState, createCheckpoint } from './fuse/checkpoint.js';
export { type Fused, fuse } from './fuse/fuse.js';
export type { FuseOptions, FuseProgress, SpanRequest } from './fuse/fuse-options.js';
export { type GraphModelOptions, toGraphModel } from './graph-model/to-graph-model.js';
export { repairKernels } from './kernel-faults/repair-kernels.js';
export { kernelWarnings } from './kernel-faults/require-sound-kernels.js';
export { readNetwork } from './network/read-network.js';
export { toLayersModel } from './network/write-layers-model.js';
export type { Plugin } from './plugins.js';
export { costOf, type ModelCost } from './report/cost.js';
export {
  type FuseReport,
  fusedLayers,
  type LayerPair,
  type OutputError,
  type RefitReport,
  type SolvedReport,
  type SpanReport,
} from './report/fuse-report.js';
export { simplifiedSpans } from './simplified-spans.js';
export {
  type SimplifiedGraph,
  type SimplifiedModel,
  type SimplifyModelOptions,
  simplify,
} from './simplify-model.js';
export type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';
