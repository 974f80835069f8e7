import type { FuseReport, LayersModel, ShapedArray, TensorFlow } from '@fuseinit/tfjs';
import type { LabelTask } from '@fuseinit/tfjs/internal';
import type { LatencyReport, NetworkLatency, PlanReport } from './data/fusion-report.js';

/** Inputs of one batch, with the batch axis first: one array, or one array for each input of the model. */
export type ReportBatch = ShapedArray | readonly ShapedArray[];

/** Held-out inputs: all at once, or batch by batch. */
export type ReportData = ReportBatch | AsyncIterable<ReportBatch>;

/** Options of `createReport`. */
export interface CreateReportOptions {
  /** The caller's TensorFlow.js with its backend chosen and ready. */
  readonly tf: TensorFlow;
  /** The network that was fused. */
  readonly teacher: LayersModel;
  /**
   * The teacher before it was simplified, where `teacher` is its simplified form. It is measured on the same
   * samples, so that a gain of the simplification isn't taken for a gain of the fusion.
   */
  readonly given?: LayersModel;
  /** The student as `fuse` made it, or trained further since. */
  readonly student: LayersModel;
  /** The report that `fuse` returned. */
  readonly fused: FuseReport;
  /** The samples that the networks are compared on. None of them may have been used for solving. */
  readonly data: ReportData;
  /**
   * Labels of the model's first output: class indices [samples], or numbers [samples, ...output]. The numbers
   * may be one-hot rows, 0 or 1 for each label of a multi-label output, or regression targets.
   */
  readonly labels?: ArrayLike<number>;
  /**
   * The task of the first output. The default is derived from the teacher's last activation and the labels.
   */
  readonly task?: LabelTask;
  /**
   * The threshold above which one output stands for class 1, or for a label that holds. The default is 0.5
   * for a probability and 0 for a logit.
   */
  readonly threshold?: number;
  readonly classNames?: readonly string[];
  /** The relative MSE that a planner predicted, by name of the fused layer. */
  readonly predicted?: Readonly<Record<string, number>>;
  /** The plan by which the spans were chosen. */
  readonly plan?: PlanReport;
  readonly latency?: LatencyReport;
  /**
   * The shape of one sample of each input, without the batch axis. Costs are counted for these shapes where
   * the models leave lengths open.
   */
  readonly inputShapes?: readonly (readonly number[])[];
  /** The latency of `given` as a LayersModel, measured in turns with the other networks. */
  readonly givenLatency?: NetworkLatency;
  /** Versions of libraries and platforms, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The command that made the fusion. */
  readonly command?: string;
  /** The options of the fusion, as far as they are JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The time of creation in ISO 8601. There is no default, so that equal inputs give equal reports. */
  readonly createdAt?: string;
  /** The number of samples to keep, those with the largest disagreement. Default 12. */
  readonly disagreements?: number;
  /** The number of samples run at a time. Default 64. */
  readonly batchSize?: number;
  /** A signal that is checked before each batch. */
  readonly signal?: AbortSignal;
}
