import type { LayerError } from './layer-error.js';

/** One span of the teacher that became one layer of the student. */
export interface SpanResult {
  /** Name of the fused layer in the student. */
  readonly name: string;
  readonly className: string;
  /** The teacher's layers that were replaced, in order. */
  readonly layers: readonly string[];
  /** The student's layers in their place: the fused one, after what pads or flattens for it. */
  readonly replacedBy: readonly string[];
  /** Null for a fused layer that reads its whole input. */
  readonly kernelSize: readonly number[] | null;
  /** Whole receptive field of a fused convolution. */
  readonly receptiveField: readonly number[] | null;
  readonly samples: number;
  readonly heldOutSamples: number;
  readonly ridge: number;
  readonly conditionEstimate: number;
  /** Inputs of the fused layer, and how many of them the data decide. */
  readonly patchSize: number;
  readonly rank: number;
  /** By a planner, before fusing; null where none predicted it. */
  readonly predictedRelativeMse: number | null;
  /** On the samples solved on. */
  readonly solvedRelativeMse: number;
  /** On samples held out from solving, when it was solved; null where none were. */
  readonly heldOutRelativeMse: number | null;
  /** Standard error of `heldOutRelativeMse` over those samples; null for fewer than two. */
  readonly heldOutStandardError: number | null;
  /** In the finished student, on the samples compared on: against the teacher's last layer of the span. */
  readonly final: LayerError;
}
