import type { ModelCost } from '@fuseinit/tfjs';
import type { Answers, ValueError } from './answers.js';

/** The version of {@link FusionReport} that this package writes and reads. */
export const reportVersion = 1;

/**
 * A fusion as plain data: what was fused, how accurate the student is, what it costs, and how to reproduce
 * it.
 */
export interface FusionReport {
  readonly format: 'fuseinit-report';
  readonly version: typeof reportVersion;
  /** The time of creation in ISO 8601, as the caller gave it; null if the caller gave none. */
  readonly createdAt: string | null;
  /** The teacher before it was simplified; null if the teacher was fused as it was given. */
  readonly given: GivenTeacher | null;
  /** The network that was fused: the teacher as it was given, or its simplified form. */
  readonly teacher: ReportedNetwork;
  readonly student: ReportedNetwork;
  /** The fused spans, in the order of the teacher. */
  readonly spans: readonly SpanResult[];
  readonly refits: readonly RefitResult[];
  /**
   * The share and the number of calibration samples that were held out; null in a report of an earlier
   * version.
   */
  readonly heldOut: { readonly share: number; readonly samples: number } | null;
  /** The number of held-out samples that the networks were compared on. */
  readonly samples: number;
  readonly outputs: readonly OutputReport[];
  /** Null if the output isn't class scores and there were no labels. */
  readonly answers: Answers | null;
  readonly classNames: readonly string[] | null;
  /** Null if no latency was measured. */
  readonly latency: LatencyReport | null;
  /** The plan by which the spans were chosen; null if they were chosen otherwise. */
  readonly plan: PlanReport | null;
  /** The number of samples whose outputs differ at all. */
  readonly disagreeing: number;
  /** The samples with the largest disagreement, largest first. */
  readonly disagreements: readonly SampleReport[];
  /** Warnings in words for whoever uses the student. */
  readonly warnings: readonly string[];
  readonly reproduction: Reproduction;
}

/**
 * The teacher before it was simplified, where the report's teacher is its simplified form. Both predict the
 * same up to rounding; what simplifying gained is no gain of the fusion.
 */
export interface GivenTeacher {
  readonly name: string;
  readonly cost: ModelCost;
  /** Null if no latency was measured. */
  readonly latency: NetworkLatency | null;
  /** The relative MSE of each output of the simplified teacher against the same output of this one. */
  readonly relativeMse: readonly number[];
  /**
   * The share of answers (classes, or single labels) on which the simplified teacher agrees, 0 to 1; null if
   * the output has no such answers.
   */
  readonly agreement: number | null;
  /** The share of answers that are right, 0 to 1; null if there were no labels of classes. */
  readonly accuracy: number | null;
  /** The share of samples of which every label is right; null if the output isn't multi-label. */
  readonly exactMatch: number | null;
  /** Null if there were no labels of numbers. */
  readonly error: ValueError | null;
}

/** One of the networks that are compared. */
export interface ReportedNetwork {
  readonly name: string;
  readonly cost: ModelCost;
  /** The layers in an order in which they can be run. */
  readonly layers: readonly ReportedLayer[];
}

/** A layer of a network that is reported. */
export interface ReportedLayer {
  /** The layer's name, after the names of the models that it is nested in. */
  readonly name: string;
  readonly className: string;
  /** The shape of its first output for one sample; an open length is null. */
  readonly outputShape: readonly (number | null)[];
  /** The names of the layers whose outputs it reads. */
  readonly readsFrom: readonly string[];
  readonly isOutput: boolean;
  readonly parameters: number;
  /** Multiply-adds for one sample. */
  readonly multiplyAdds: number;
}

/** One span of the teacher that became one layer of the student. */
export interface SpanResult {
  /** The name of the fused layer in the student. */
  readonly name: string;
  readonly className: string;
  /** The teacher's layers that were replaced, in order. */
  readonly layers: readonly string[];
  /** The student's layers in their place: the fused layer, after those that pad or flatten its input. */
  readonly replacedBy: readonly string[];
  /** The kernel size of a fused convolution; null for a dense layer, which reads its whole input. */
  readonly kernelSize: readonly number[] | null;
  /** The whole receptive field of the span, as far as it has one. */
  readonly receptiveField: readonly number[] | null;
  readonly samples: number;
  readonly heldOutSamples: number;
  readonly ridge: number;
  readonly conditionEstimate: number;
  /** The number of inputs of the fused layer; `rank` is how many of them the data determine. */
  readonly patchSize: number;
  readonly rank: number;
  /** The relative MSE that a planner predicted before fusing; null if there was no prediction. */
  readonly predictedRelativeMse: number | null;
  /** The relative MSE on the samples that were solved on. */
  readonly solvedRelativeMse: number;
  /** The relative MSE on the held-out samples when the layer was solved; null if none were held out. */
  readonly heldOutRelativeMse: number | null;
  /** The standard error of `heldOutRelativeMse` over those samples; null for fewer than two. */
  readonly heldOutStandardError: number | null;
  /**
   * The error in the finished student against the teacher's last layer of the span, on the samples that the
   * networks are compared on.
   */
  readonly final: LayerError;
}

/** A layer after a fused one that was solved anew. */
export interface RefitResult {
  readonly name: string;
  readonly className: string;
  /**
   * Whether the student has the new weights. It keeps the teacher's if the new ones are no better on held-out
   * samples.
   */
  readonly applied: boolean;
  readonly ridge: number;
  /** The relative MSE of the new weights; null if no samples were held out. */
  readonly heldOutRelativeMse: number | null;
  /** The relative MSE of the teacher's own weights on the inputs that the layer now reads. */
  readonly unfittedHeldOutRelativeMse: number | null;
}

/** How far a layer's pre-activations are from their targets, and where. */
export interface LayerError {
  /**
   * The mean square error over the variance, both summed over channels: 0 is exact, 1 is no better than the
   * mean.
   */
  readonly relativeMse: number;
  /**
   * The error of each channel or unit. Weighted by the channels' variances, these errors average to the
   * layer's.
   */
  readonly channels: readonly ChannelError[];
  /** Null for a layer without spatial axes. */
  readonly positions: PositionErrors | null;
}

/** The error of one channel over samples and positions. */
export interface ChannelError {
  readonly meanSquareError: number;
  /** The variance of the channel's targets about their mean. */
  readonly variance: number;
  /**
   * The mean square error over the variance, or over the squared mean if the channel is constant; 0 if it is
   * exact.
   */
  readonly relativeMse: number;
}

/** Errors by position, over samples and summed over channels. */
export interface PositionErrors {
  /** The layer's spatial lengths, one or two. */
  readonly layerShape: readonly number[];
  /** The shape of `relativeMse`: shorter than the layer's where neighbours were averaged. */
  readonly shape: readonly number[];
  /**
   * The mean square error at each position over the variance of the whole layer, in row-major order. These
   * errors average to the layer's. If each position were divided by its own variance, borders that hardly
   * vary would look worst.
   */
  readonly relativeMse: readonly number[];
}

/** How far one output of the student is from the teacher's. */
export interface OutputReport {
  readonly name: string;
  /** The shape of the output for one sample. */
  readonly shape: readonly number[];
  /**
   * The mean square error over the variance of the teacher's output, on the samples that the networks are
   * compared on.
   */
  readonly relativeMse: number;
  /** The same error as `fuse` measured it on calibration data; null if it didn't. */
  readonly calibrationRelativeMse: number | null;
}

/** A sample and what both networks predict for it. */
export interface SampleReport {
  /** The index among the samples that the networks are compared on, from 0. */
  readonly index: number;
  readonly label: number | null;
  /**
   * The squared distance of the outputs over the variance of the teacher's: 1 is as far off as its mean would
   * be.
   */
  readonly disagreement: number;
  /** The sample's inputs, in the order of the model's. */
  readonly inputs: readonly SampleInput[];
  /** The outputs, in the order of the model's. */
  readonly outputs: readonly SampleOutput[];
}

/** An input of a sample: an image, or other numbers. */
export type SampleInput = SampleImage | SampleValues;

/** An image, shrunk by averaging where a side is long. */
export interface SampleImage {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** The pixels [height, width, channels], one byte each, as Base64. */
  readonly pixels: string;
  /** The values that byte 0 and byte 255 stand for. */
  readonly range: readonly [low: number, high: number];
}

/** An input that is no image. */
export interface SampleValues {
  readonly kind: 'values';
  /** The shape of the whole input. */
  readonly shape: readonly number[];
  /** The first values, in row-major order. */
  readonly values: readonly number[];
}

/** The first values of an output for both networks, in row-major order. */
export interface SampleOutput {
  readonly teacher: readonly number[];
  readonly student: readonly number[];
}

/** How long the networks take to predict one batch; all times are in seconds. */
export interface LatencyReport {
  /** The backend, such as `'wasm'` or `'webgl'`. */
  readonly backend: string;
  readonly batchSize: number;
  /** The format that the networks ran in. A report without it means LayersModels. */
  readonly format?: 'layers' | 'graph';
  readonly teacher: NetworkLatency;
  readonly student: NetworkLatency;
  /**
   * The ratio of the student's median to the teacher's. Without it, the spreads of both are compared.
   */
  readonly ratio?: LatencyRatio;
}

/** A ratio of two latencies that were measured in turns, with an interval of at least 95 % confidence. */
export interface LatencyRatio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The latency of one network, in seconds. */
export interface NetworkLatency {
  /**
   * The time of the first prediction in a process or page in which no model ran before: it compiles shaders
   * and uploads weights. Null if it wasn't measured so.
   */
  readonly first: number | null;
  readonly warm: WarmLatency;
}

/** Times of the later predictions. `low` and `high` say how far they lie apart, for example as quartiles. */
export interface WarmLatency {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** The number of predictions measured. */
  readonly count: number;
}

/** The plan by which spans were chosen: what was predicted of it, and the alternatives. */
export interface PlanReport {
  /** The cost in which plans were compared. Shares are relative to the report's teacher. */
  readonly cost: 'latency' | 'parameters' | 'multiplyAdds' | 'depth';
  /** What the plan was chosen for: a share of the cost, or a relative MSE of the output. */
  readonly budget: { readonly of: 'share' | 'error'; readonly most: number };
  /** The prediction for the chosen plan. */
  readonly predicted: PlanPoint;
  /** The best plans as predicted, from the cheapest to the unchanged teacher; empty if unknown. */
  readonly front: readonly PlanPoint[];
  /** The plans that were carried out, as measured on the planner's samples. */
  readonly tried: readonly PlanPoint[];
}

/** A network that a plan makes. */
export interface PlanPoint {
  /** Its cost relative to the teacher's. */
  readonly share: number;
  readonly outputRelativeMse: number;
}

/** What to run to get the same fusion again. */
export interface Reproduction {
  readonly command: string | null;
  /** The options of the fusion, as plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Versions of libraries and platforms, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
