import type { Costs } from '../costs/costs.js';

/** A span, and the layer that it would be. */
export interface FusedSpan {
  readonly from: string;
  readonly to: string;
  /** All layers of the run, in order. */
  readonly layers: readonly string[];
  /** Class of the fused layer. */
  readonly className: string;
  /** Of a fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** Of the fused layer. */
  readonly costs: Costs;
}
