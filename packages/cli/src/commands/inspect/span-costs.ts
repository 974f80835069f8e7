import { costOf, type Network, nodeOf } from '@fuseinit/core';
import type { LegalSpan } from '@fuseinit/tfjs';
import { costOfSpan } from '@fuseinit/tfjs/internal';

/** What a span costs as it is, and as one layer with its whole receptive field; multiply-adds per sample. */
export interface SpanCosts {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly fusedParameters: number;
  readonly fusedMultiplyAdds: number;
}

/** @param network With every length settled. */
export function spanCosts(network: Network, span: LegalSpan): SpanCosts {
  const { parameters, multiplyAdds } = costOf({ nodes: span.layers.map((name) => nodeOf(network, name)) });
  const fused = costOfSpan(network, span, span.kernelSize);
  return {
    parameters,
    multiplyAdds,
    fusedParameters: fused.parameters,
    fusedMultiplyAdds: fused.multiplyAdds,
  };
}
