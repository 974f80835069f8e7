import type { LegalSpan } from '@fuseinit/tfjs';
import type { Costs } from '../costs/costs.js';

/** A span that may become one layer, and what is known of it before it is built. */
export interface Candidate extends LegalSpan {
  /** Of this candidate's fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** By how much fusing it alone changes the network's costs: negative for what it saves. */
  readonly change: Costs;
  /** Of what the fused layer computes, on held-out samples: 0 is exact, 1 is no better than the mean. */
  readonly relativeMse: number;
  /** Of the network's outputs, on held-out samples, with this span alone fused and later layers refitted. */
  readonly outputRelativeMse: number;
}

/** A network, and the spans in it that could be fused. */
export interface PlannedNetwork {
  /** Names, in the order of the network. */
  readonly layers: readonly string[];
  /** As it is. */
  readonly costs: Costs;
  readonly candidates: readonly Candidate[];
}

/**
 * Which spans to fuse, and what is predicted of the network: its costs, and the error of its outputs. Both
 * are sums of what its spans change alone.
 */
export interface Plan {
  /** In the order of the network; none overlap. */
  readonly spans: readonly Candidate[];
  readonly costs: Costs;
  readonly outputRelativeMse: number;
}
