import { type Network, nodeOf, sizeOf, tensorType } from '@fuseinit/core';
import type { LegalSpan } from './find-spans.js';

/** The costs and the input size of the fused layer that a span would become. */
export interface SpanCost {
  readonly parameters: number;
  /** Multiply-adds for one sample. */
  readonly multiplyAdds: number;
  /** The number of inputs of the fused layer. */
  readonly patchSize: number;
  /** The number of input positions per output position, for each spatial axis of the output. */
  readonly steps: readonly number[];
}

/**
 * Computes the costs of the fused layer of a span from shapes alone, since building the layer may take more
 * memory than is available. A layer-pair plugin may produce another layer.
 *
 * @param network The network with all its lengths resolved.
 * @param kernelSize The kernel size of a fused convolution; null for a dense layer.
 */
export function costOfSpan(
  network: Network,
  { layers, to }: Pick<LegalSpan, 'layers' | 'to'>,
  kernelSize: readonly number[] | null,
): SpanCost {
  const input = tensorType(network, nodeOf(network, layers[0]!).inputs[0]!).shape.map(Number);
  const output = tensorType(network, { node: to, output: 0 }).shape.map(Number);
  // A dense layer whose output has several positions reads one position at a time.
  const read = kernelSize || output.length > 1 ? input.slice(-1) : input;
  const patchSize = sizeOf([...(kernelSize ?? []), ...read]);
  return {
    parameters: (patchSize + 1) * output.at(-1)!,
    multiplyAdds: patchSize * sizeOf(output),
    patchSize,
    steps: output.slice(0, -1).map((length, axis) => Math.max(1, Math.floor(input[axis]! / length))),
  };
}
