import type { LegalSpan } from '@fuseinit/tfjs';
import type { Costs } from '../costs/costs.js';

/** A span that may become one layer, with predictions about it. */
export interface Candidate extends LegalSpan {
  /** The kernel size of this candidate's fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** The change in the network's costs when this span alone is fused; savings are negative. */
  readonly change: Costs;
  /**
   * The relative MSE of the fused layer's output on held-out samples: 0 is exact, 1 is no better than the
   * mean.
   */
  readonly relativeMse: number;
  /**
   * The relative MSE of the network's outputs on held-out samples, with this span alone fused and later
   * layers refitted.
   */
  readonly outputRelativeMse: number;
}

/** A network, and the spans in it that could be fused. */
export interface PlannedNetwork {
  /** The names of the layers, in the order of the network. */
  readonly layers: readonly string[];
  /** The costs of the unchanged network. */
  readonly costs: Costs;
  readonly candidates: readonly Candidate[];
}

/**
 * The spans to fuse, and predictions for the resulting network: its costs, and the error of its outputs. Both
 * are sums over the changes from fusing each span alone.
 */
export interface Plan {
  /** The spans in the order of the network; they don't overlap. */
  readonly spans: readonly Candidate[];
  readonly costs: Costs;
  readonly outputRelativeMse: number;
}
