import type { LegalSpan } from '@fuseinit/tfjs';
import type { Costs } from '../costs/costs.js';

/** A span that may become one layer, and what is known of it before it is built. */
export interface Candidate extends LegalSpan {
  /** Of this candidate's fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** Of the fused layer. */
  readonly costs: Costs;
  /** Of what the fused layer computes, on held-out samples: 0 is exact, 1 is no better than the mean. */
  readonly relativeMse: number;
  /** Of the network's outputs, on held-out samples, with this span alone fused and later layers refitted. */
  readonly outputRelativeMse: number;
}

/** The layers of a network, in its order, and the spans among them. */
export interface PlannedNetwork {
  readonly layers: readonly { readonly name: string; readonly costs: Costs }[];
  readonly candidates: readonly Candidate[];
}

/**
 * Which spans to fuse, and what is predicted of the network: its costs, and the sum of what its spans do to
 * the outputs.
 */
export interface Plan {
  /** In the order of the network; none overlap. */
  readonly spans: readonly Candidate[];
  readonly costs: Costs;
  readonly outputRelativeMse: number;
}
