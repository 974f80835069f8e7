/**
 * The exports that other packages of FuseInit need beyond the public API of this one. Any release may change
 * or remove them.
 *
 * @packageDocumentation
 */

export { floatPrecisionOf } from './backend/float-precision.js';
export { isDataset, isShapedArray, isTensor } from './calibration/calibration-data.js';
export { type HeldOutOptions, type HeldOutRule, heldOutRule, holdsOut } from './calibration/held-out.js';
export { sampleOrder } from './calibration/sample-order.js';
export { teacherFingerprint } from './collect/teacher-fingerprint.js';
export { costOfSpan, type SpanCost } from './cost-of-span.js';
export { type DrawnInputs, drawInputs, drawInputsOf } from './drawn-inputs.js';
export { firstOfStreamWarning } from './fuse/first-of-stream.js';
export { missingSamples } from './fuse/given-statistics.js';
export { writtenClasses } from './graph-model/layer-operations.js';
export { type InputReading, inputReadings, type PixelRange } from './input-reading.js';
export { requireSoundKernels } from './kernel-faults/require-sound-kernels.js';
export {
  classIndices,
  classThreshold,
  compiledLosses,
  hasIndependentOutputs,
  type LabelEvidence,
  type LabelTask,
  type Loss,
  labelEvidence,
  labelTask,
  outputTask,
  outputWidth,
} from './label-task.js';
export { withInputShapes } from './network/input-lengths.js';
export { liveLayersOf, namesOf } from './network/layer-internals.js';
export { artifactsOf, modelFrom } from './network/model-artifacts.js';
export {
  type OutputActivation,
  type OutputScores,
  outputActivation,
  outputScores,
} from './network/output-activation.js';
export { predictBatch } from './network/predict-batch.js';
export { requireModel } from './network/require-model.js';
export { type LayersRun, runLayers } from './network/run-layers.js';
export { type ModelRun, runModel } from './network/run-network.js';
export {
  type OpenTeacher,
  type OpenTeacherOptions,
  openTeacher,
  type TriedFusion,
} from './open-teacher.js';
export { float32Explains, outputDifference } from './output-difference.js';
export {
  pixelRanges,
  type RangeChoice,
  type RangeContradiction,
  rangeContradiction,
  rangeFor,
  type StoredNumbers,
} from './pixel-range.js';
export {
  type RoundedLayer,
  type RoundedWeights,
  type RoundWeightsOptions,
  roundWeights,
} from './round-weights.js';
export {
  type GraphModel,
  type ModelFormat,
  type RunnableModel,
  runnableAs,
  runnableGraph,
  runnableLayers,
} from './runnable-model.js';
export type { Layer } from './tensorflow.js';
