export { createTfBackend } from './backend/create-tf-backend.js';
export type { CalibrationBatch, CalibrationData, ShapedArray } from './calibration/calibration-data.js';
export { type DescribedLayer, describe, type ModelDescription } from './describe.js';
export { type FoundSpans, findSpans, type IllegalSpan, type LegalSpan, type Plugin } from './find-spans.js';
export { type Fused, fuse } from './fuse/fuse.js';
export type { FuseOptions, FuseProgress, SpanRequest } from './fuse/fuse-options.js';
export { costOf, type ModelCost } from './report/cost.js';
export type { FuseReport, RefitReport, SolvedReport, SpanReport } from './report/fuse-report.js';
export type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';
