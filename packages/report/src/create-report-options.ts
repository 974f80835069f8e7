import type { FuseReport, LayersModel, ShapedArray, TensorFlow } from '@fuseinit/tfjs';
import type { LabelTask } from '@fuseinit/tfjs/internal';
import type { LatencyReport, NetworkLatency } from './data/latency-report.js';

/** Inputs of one batch, batch first: one array, or one for each of the model's inputs. */
export type ReportBatch = ShapedArray | readonly ShapedArray[];

/** Held-out inputs: all at once, or batch by batch. */
export type ReportData = ReportBatch | AsyncIterable<ReportBatch>;

export interface CreateReportOptions {
  /** The caller's TensorFlow.js, its backend chosen and ready. */
  readonly tf: TensorFlow;
  /** What was fused. */
  readonly teacher: LayersModel;
  /**
   * The teacher as it was given, where `teacher` is its simplified form: it is measured on the same samples,
   * so that nobody takes what simplifying gained for a gain of the fusion.
   */
  readonly given?: LayersModel;
  /** As `fuse` made it, or trained on since. */
  readonly student: LayersModel;
  /** What `fuse` returned as its report. */
  readonly fused: FuseReport;
  /** What the networks are compared on; samples that nothing was solved on. */
  readonly data: ReportData;
  /**
   * About the model's first output: [samples] indices of classes, or [samples, ...output] numbers: one-hot
   * rows of classes, 0 or 1 where each output tells of a label by itself, or any.
   */
  readonly labels?: ArrayLike<number>;
  /** What the first output is for; without it, what the teacher's end and the labels tell. */
  readonly task?: LabelTask;
  /**
   * Above which one output stands for class 1, or for a label that holds; without it, 0.5 for a probability
   * and 0 for a logit.
   */
  readonly threshold?: number;
  readonly classNames?: readonly string[];
  /** Relative MSE that a planner predicted, by name of the fused layer. */
  readonly predicted?: Readonly<Record<string, number>>;
  readonly latency?: LatencyReport;
  /** Of one sample of each input, where models leave lengths open: their costs are for that. */
  readonly inputShapes?: readonly (readonly number[])[];
  /** That of `given`, measured in turns with the others, as a LayersModel. */
  readonly givenLatency?: NetworkLatency;
  /** Of libraries and platforms, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What made the fusion. */
  readonly command?: string;
  /** Options of the fusion, as far as they are JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** In ISO 8601. Default none, so that the same inputs give the same report. */
  readonly createdAt?: string;
  /** Samples with the largest disagreement to keep. Default 12. */
  readonly disagreements?: number;
  /** Samples run at a time. Default 64. */
  readonly batchSize?: number;
  /** Looked at before each batch. */
  readonly signal?: AbortSignal;
}
