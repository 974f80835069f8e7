import type { FusedSpan } from '../plan/fused-span.js';

/** A span with one kernel, whose error isn't known yet. */
export interface SpanOption extends FusedSpan {
  /** Inputs of the fused layer. */
  readonly patchSize: number;
}

/** A span that isn't considered, and why, in words. */
export interface SkippedSpan {
  readonly from: string;
  readonly to: string;
  readonly kernelSize: readonly number[] | null;
  readonly reason: string;
}
