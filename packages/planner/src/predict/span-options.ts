import type { Costs } from '../costs/costs.js';

/** A span with one kernel. */
export interface SpanOption {
  readonly from: string;
  readonly to: string;
  readonly layers: readonly string[];
  readonly className: string;
  /** Null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** Inputs of the fused layer. */
  readonly patchSize: number;
  readonly costs: Costs;
}

/** A span that isn't considered, and why, in words. */
export interface SkippedSpan {
  readonly from: string;
  readonly to: string;
  readonly kernelSize: readonly number[] | null;
  readonly reason: string;
}
