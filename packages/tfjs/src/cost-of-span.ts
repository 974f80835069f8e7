import { type Network, nodeOf, sizeOf, tensorType } from '@fuseinit/core';
import type { LegalSpan } from './find-spans.js';

/** What a fused layer would cost, and what it reads. */
export interface SpanCost {
  readonly parameters: number;
  /** Per sample. */
  readonly multiplyAdds: number;
  /** Inputs of the fused layer. */
  readonly patchSize: number;
  /** Input positions from one output position to the next, for each spatial axis of the output. */
  readonly steps: readonly number[];
}

/**
 * What the layer that a span would become costs, from shapes alone: building it may take more memory than
 * there is. A layer-pair plugin may make another layer of it.
 *
 * @param network With every length settled.
 * @param kernelSize Of a fused convolution; null for a dense layer.
 */
export function costOfSpan(
  network: Network,
  { layers, to }: Pick<LegalSpan, 'layers' | 'to'>,
  kernelSize: readonly number[] | null,
): SpanCost {
  const input = tensorType(network, nodeOf(network, layers[0]!).inputs[0]!).shape.map(Number);
  const output = tensorType(network, { node: to, output: 0 }).shape.map(Number);
  // A dense layer that gives positions reads one of them at a time.
  const read = kernelSize || output.length > 1 ? input.slice(-1) : input;
  const patchSize = sizeOf([...(kernelSize ?? []), ...read]);
  return {
    parameters: (patchSize + 1) * output.at(-1)!,
    multiplyAdds: patchSize * sizeOf(output),
    patchSize,
    steps: output.slice(0, -1).map((length, axis) => Math.max(1, Math.floor(input[axis]! / length))),
  };
}
