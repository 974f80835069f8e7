import type { Costs } from '../costs/costs.js';
import type { FusedSpan } from './fused-span.js';

/** A span that may become one layer, and what is known of it before it is built. */
export interface Candidate extends FusedSpan {
  /** Of what the fused layer computes, on held-out samples: 0 is exact, 1 is no better than the mean. */
  readonly relativeMse: number;
  /**
   * Of the network's outputs before their activation, on held-out samples, with this span alone fused: what the best affine
   * map of them leaves, which is the least that refitting later layers mends.
   */
  readonly outputRelativeMse: number;
}

/** The layers of a network, in its order, and the spans among them. */
export interface PlannedNetwork {
  readonly layers: readonly { readonly name: string; readonly costs: Costs }[];
  readonly candidates: readonly Candidate[];
}

/** Which spans to fuse, and what is predicted of the network: its costs, and the sum of what its spans do to the outputs. */
export interface Plan {
  /** In the order of the network; none overlap. */
  readonly spans: readonly Candidate[];
  readonly costs: Costs;
  readonly outputRelativeMse: number;
}
