import { sizeOf } from '@fuseinit/core';
import type { DescribedLayer, LegalSpan } from '@fuseinit/tfjs';

/** What a span costs as it is, and as one layer with its whole receptive field; multiply-adds per sample. */
export interface SpanCosts {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly fusedParameters: number;
  readonly fusedMultiplyAdds: number;
}

/**
 * From shapes alone, of which no length is open: building a fused layer may take more memory than there is.
 */
export function spanCosts(span: LegalSpan, layers: ReadonlyMap<string, DescribedLayer>): SpanCosts {
  const run = span.layers.map((name) => layers.get(name)!);
  const input = run[0]!.inputShapes[0]!.slice(1).map(Number);
  const output = run.at(-1)!.outputShapes[0]!.slice(1).map(Number);
  const units = output.at(-1)!;
  const read = span.kernelSize ? sizeOf(span.kernelSize) * input.at(-1)! : sizeOf(input);
  const positions = span.kernelSize ? sizeOf(output.slice(0, -1)) : 1;
  const sum = (of: 'parameters' | 'multiplyAdds') => run.reduce((total, layer) => total + layer[of], 0);
  return {
    parameters: sum('parameters'),
    multiplyAdds: sum('multiplyAdds'),
    fusedParameters: read * units + units,
    fusedMultiplyAdds: positions * read * units,
  };
}
