import type { PatchGeometry, SolveDiagnostics } from '@fuseinit/core';
import type { SettlingReport } from '@fuseinit/statistics';
import type { ModelCost } from './cost.js';

/** How one solved layer came out. */
export interface SolvedReport {
  /** Name of the layer in the student. */
  readonly name: string;
  readonly className: string;
  /** The patches read; null for a layer that reads its whole input. */
  readonly geometry: PatchGeometry | null;
  readonly samples: number;
  readonly heldOutSamples: number;
  /** On the samples solved on: 0 is exact, 1 is no better than predicting the mean. */
  readonly relativeMse: number;
  /** On held-out samples; null where none were. */
  readonly heldOutRelativeMse: number | null;
  readonly ridge: number;
  readonly diagnostics: SolveDiagnostics;
  /** With `samples: 'auto'`: how the held-out error went as samples came, and whether they were enough; else null. */
  readonly settling: SettlingReport | null;
}

/** One span that became one layer. */
export interface SpanReport extends SolvedReport {
  /** The layers that were replaced, in order. */
  readonly layers: readonly string[];
  /** The layers in their place: the fused one, after what pads or flattens for it. */
  readonly replacedBy: readonly string[];
  /** Whole receptive field of a fused convolution. */
  readonly receptiveField: readonly number[] | null;
  /** The layer-pair plugin that fused it, if one did. */
  readonly plugin: string | null;
}

/** One layer after a fusion that was solved anew. */
export interface RefitReport extends SolvedReport {
  /** Held-out error of the teacher's own weights on the inputs that the layer now sees; null without held-out samples. */
  readonly unfittedHeldOutRelativeMse: number | null;
}

/** What was done, what it cost, and how good it is: data, not log lines. */
export interface FuseReport {
  readonly spans: readonly SpanReport[];
  readonly refits: readonly RefitReport[];
  readonly teacher: ModelCost;
  readonly student: ModelCost;
  /** Mean square error of the student's output over the variance of the teacher's, for each output of the model. */
  readonly outputRelativeMse: readonly { readonly output: string; readonly relativeMse: number }[];
  /** Whether `outputRelativeMse` was measured on held-out samples, or on those solved on for want of any. */
  readonly outputMeasuredOn: 'heldOut' | 'calibrationData';
  /** What the caller should know, in words: larger networks, too few samples, kernels off the centre. */
  readonly warnings: readonly string[];
}
