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
  /**
   * On the samples solved on, by their sums: 0 is exact, 1 is no better than predicting the mean. Never below
   * `diagnostics.rounding`, what the precision of the sums can tell.
   */
  readonly relativeMse: number;
  /**
   * On held-out samples, by predicting them with the weights that the student has, in its floats; null where
   * none were held out. Where they are many, a fair choice of them and of their positions.
   */
  readonly heldOutRelativeMse: number | null;
  /** Standard error of `heldOutRelativeMse` over the samples; null for fewer than two. */
  readonly heldOutStandardError: number | null;
  readonly ridge: number;
  readonly diagnostics: SolveDiagnostics;
  /**
   * With `samples: 'auto'`: how the held-out error went as samples came, and whether they were enough; else
   * null.
   */
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
  /**
   * Whether the student has the new weights. It keeps the teacher's where new ones make the layer's own
   * held-out error worse, or that of the network's outputs; a warning says so.
   */
  readonly applied: boolean;
  /**
   * Held-out error of the teacher's own weights on the inputs that the layer now sees; null without held-out
   * samples.
   */
  readonly unfittedHeldOutRelativeMse: number | null;
}

/** How far an output of the student is from the teacher's. */
export interface OutputError {
  /** Name of the output. */
  readonly output: string;
  /** Mean square error over the variance of the teacher's output. */
  readonly relativeMse: number;
  /** Standard error of `relativeMse` over the samples; null for fewer than two. */
  readonly standardError: number | null;
}

/** What was done, what it cost, and how good it is: data, not log lines. */
export interface FuseReport {
  readonly spans: readonly SpanReport[];
  readonly refits: readonly RefitReport[];
  readonly teacher: ModelCost;
  readonly student: ModelCost;
  /** The share of the samples that was held out, and how many samples that were. */
  readonly heldOut: { readonly share: number; readonly samples: number };
  readonly outputRelativeMse: readonly OutputError[];
  /** Whether `outputRelativeMse` was measured on held-out samples, or on those solved on for want of any. */
  readonly outputMeasuredOn: 'heldOut' | 'calibrationData';
  /** What the caller should know, in words: larger networks, too few samples, kernels off the centre. */
  readonly warnings: readonly string[];
}

/** A layer of the student, and the teacher's layer whose pre-activation it approximates. */
export interface LayerPair {
  readonly student: string;
  readonly teacher: string;
}

/** The fused layers of a student, each with the teacher's layer whose pre-activation it was solved for. */
export function fusedLayers(report: FuseReport): LayerPair[] {
  return report.spans.map(({ name, layers }) => ({ student: name, teacher: layers.at(-1)! }));
}
