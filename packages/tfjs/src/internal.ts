/**
 * What the other packages of FuseInit need of this one beyond what its users call. Any release may change or drop it.
 *
 * @packageDocumentation
 */

export { floatPrecisionOf } from './backend/float-precision.js';
export { type HeldOutOptions, type HeldOutRule, heldOutRule, holdsOut } from './calibration/held-out.js';
export { sampleOrder } from './calibration/sample-order.js';
export { centeredStatistics } from './collect/centered-statistics.js';
export { heldOutInputs } from './collect/held-out-inputs.js';
export { outputErrorOf } from './collect/output-error-of.js';
export { teacherFingerprint } from './collect/teacher-fingerprint.js';
export { firstOfStreamWarning } from './fuse/first-of-stream.js';
export { type Computing, openComputing } from './fuse/open-computing.js';
export { type InputReading, inputReadings, type PixelRange } from './input-reading.js';
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
export { type LayersRun, runLayers } from './network/run-layers.js';
export { layerModel, spanModel } from './part-models.js';
export {
  pixelRanges,
  type RangeChoice,
  type RangeContradiction,
  rangeContradiction,
  rangeFor,
  type StoredNumbers,
} from './pixel-range.js';
