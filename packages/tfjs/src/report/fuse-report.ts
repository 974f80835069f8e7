import type { PatchGeometry, SolveDiagnostics } from '@fuseinit/core';
import type { SettlingReport } from '@fuseinit/statistics';
import type { ModelCost } from './cost.js';

/** The result for one solved layer. */
export interface SolvedReport {
  /** The name of the layer in the student. */
  readonly name: string;
  readonly className: string;
  /** The geometry of the patches that the layer reads; null if it reads its whole input. */
  readonly geometry: PatchGeometry | null;
  readonly samples: number;
  readonly heldOutSamples: number;
  /**
   * The relative MSE on the samples solved on, computed from their sums: 0 is exact, 1 is no better than
   * predicting the mean. Never below `diagnostics.rounding`, the least that the precision of the sums can
   * resolve.
   */
  readonly relativeMse: number;
  /**
   * The relative MSE on held-out samples, measured by predicting with the student's weights in the floats of
   * the device; null if none were held out. If there are many, it is measured on a representative choice of
   * them and of their positions.
   */
  readonly heldOutRelativeMse: number | null;
  /** The standard error of `heldOutRelativeMse` over the samples; null for fewer than two. */
  readonly heldOutStandardError: number | null;
  readonly ridge: number;
  readonly diagnostics: SolveDiagnostics;
  /**
   * With `samples: 'auto'`, how the held-out error changed as samples were added, and whether there were
   * enough of them; otherwise null.
   */
  readonly settling: SettlingReport | null;
}

/** The result for a span that was fused into one layer. */
export interface SpanReport extends SolvedReport {
  /** The layers that were replaced, in order. */
  readonly layers: readonly string[];
  /**
   * The names of the layers that replace them: padding or flattening layers, if needed, and the fused layer.
   */
  readonly replacedBy: readonly string[];
  /** The whole receptive field of a fused convolution; null for a dense layer. */
  readonly receptiveField: readonly number[] | null;
  /** The name of the layer-pair plugin that fused the span; null if none did. */
  readonly plugin: string | null;
}

/** The result for a layer after a fusion whose weights were solved for again. */
export interface RefitReport extends SolvedReport {
  /**
   * Whether the student has the new weights. It keeps the teacher's if the new ones don't clearly reduce the
   * layer's held-out error, or if they increase the error of the network's outputs; a warning says so.
   */
  readonly applied: boolean;
  /**
   * The held-out relative MSE of the teacher's own weights on the inputs that the layer now gets; null
   * without held-out samples.
   */
  readonly unfittedHeldOutRelativeMse: number | null;
}

/** The error of one output of the student against the teacher's. */
export interface OutputError {
  /** The name of the output. */
  readonly output: string;
  /** The mean square error relative to the variance of the teacher's output. */
  readonly relativeMse: number;
  /** The standard error of `relativeMse` over the samples; null for fewer than two. */
  readonly standardError: number | null;
}

/** The report of a fusion as plain data: what was fused, its costs, and its errors. */
export interface FuseReport {
  readonly spans: readonly SpanReport[];
  readonly refits: readonly RefitReport[];
  readonly teacher: ModelCost;
  readonly student: ModelCost;
  /** The share of the samples that was held out, and the number of these samples. */
  readonly heldOut: { readonly share: number; readonly samples: number };
  readonly outputRelativeMse: readonly OutputError[];
  /**
   * Whether `outputRelativeMse` was measured on held-out samples or, if there were none, on the samples
   * solved on.
   */
  readonly outputMeasuredOn: 'heldOut' | 'calibrationData';
  /**
   * Warnings for the caller, for example about a larger network, too few samples, or an off-centre kernel.
   */
  readonly warnings: readonly string[];
}

/** A layer of the student, and the layer of the teacher whose pre-activation it approximates. */
export interface LayerPair {
  readonly student: string;
  readonly teacher: string;
}

/**
 * The fused layers of a student, each with the layer of the teacher whose pre-activation it was solved for.
 */
export function fusedLayers(report: FuseReport): LayerPair[] {
  return report.spans.map(({ name, layers }) => ({ student: name, teacher: layers.at(-1)! }));
}
