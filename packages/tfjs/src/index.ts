export { createDeviceBackend, type DeviceBackendOptions } from './backend/create-device-backend.js';
export { createLinalgBackend } from './backend/create-linalg-backend.js';
export { createMeasuredBackend } from './backend/create-measured-backend.js';
export { floatPrecisionOf } from './backend/float-precision.js';
export type {
  CalibrationBatch,
  CalibrationData,
  IndexedData,
  ShapedArray,
} from './calibration/calibration-data.js';
export { type HeldOutOptions, type HeldOutRule, heldOutRule, holdsOut } from './calibration/held-out.js';
export { sampleOrder } from './calibration/sample-order.js';
export { centeredStatistics } from './collect/centered-statistics.js';
export {
  type CollectProgress,
  type CollectStatisticsOptions,
  collectStatistics,
} from './collect/collect-statistics.js';
export { heldOutInputs } from './collect/held-out-inputs.js';
export { mergeStatistics } from './collect/merge-statistics.js';
export { outputErrorOf } from './collect/output-error-of.js';
export type { InputRecord, InputValues, Shard, SpanStatistics, Statistics } from './collect/statistics.js';
export { decodeStatistics, encodeStatistics } from './collect/statistics-file.js';
export { teacherFingerprint } from './collect/teacher-fingerprint.js';
export { type DescribedLayer, describe, type ModelDescription } from './describe.js';
export { type FoundSpans, findSpans, type IllegalSpan, type LegalSpan, type Plugin } from './find-spans.js';
export {
  type DistillationOptions,
  fusedLayers,
  type LayerPair,
} from './fine-tune/distillation.js';
export { fineTune } from './fine-tune/fine-tune.js';
export type {
  FineTuneCallback,
  FineTuned,
  FineTuneEpoch,
  FineTuneOptions,
  Loss,
} from './fine-tune/fine-tune-options.js';
export type { FineTuneState, SavedOptimizer, SavedTensor } from './fine-tune/fine-tune-state.js';
export type { TrainingData } from './fine-tune/training-data.js';
export { type Checkpoint, type CheckpointState, createCheckpoint } from './fuse/checkpoint.js';
export { firstOfStreamWarning } from './fuse/first-of-stream.js';
export { type Fused, fuse } from './fuse/fuse.js';
export type { FuseOptions, FuseProgress, SpanRequest } from './fuse/fuse-options.js';
export { type Computing, openComputing } from './fuse/open-computing.js';
export { type GraphModelOptions, toGraphModel } from './graph-model/to-graph-model.js';
export { type InputReading, inputReadings, type PixelRange } from './input-reading.js';
export { repairKernels } from './kernel-faults/repair-kernels.js';
export { kernelWarnings } from './kernel-faults/require-sound-kernels.js';
export {
  classThreshold,
  type LabelEvidence,
  type LabelTask,
  labelEvidence,
  labelTask,
  outputTask,
  outputWidth,
} from './label-task.js';
export { type OutputActivation, outputActivation } from './network/output-activation.js';
export { predictBatch, requireNumericModel } from './network/predict-batch.js';
export { readNetwork } from './network/read-network.js';
export { type LayersRun, runLayers } from './network/run-layers.js';
export { toLayersModel } from './network/write-layers-model.js';
export { layerModel, spanModel } from './part-models.js';
export {
  pixelRanges,
  type RangeChoice,
  type RangeContradiction,
  rangeContradiction,
  rangeFor,
  type StoredNumbers,
} from './pixel-range.js';
export { costOf, type ModelCost } from './report/cost.js';
export type { FuseReport, OutputError, RefitReport, SolvedReport, SpanReport } from './report/fuse-report.js';
export {
  type SimplifiedGraph,
  type SimplifiedModel,
  type SimplifyModelOptions,
  simplify,
} from './simplify-model.js';
export type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';
