import { type Network, nodeOf } from '@fuseinit/core';
import type { Tensor } from '../tensorflow.js';

/** The batch size that a network was built for, as by `batchInputShape: [1, ...]`; null if it isn't fixed. */
export function fixedBatchOf(network: Network): number | null {
  const { batchInputShape } = nodeOf(network, network.inputs[0]!).layer.config as {
    readonly batchInputShape?: readonly (number | null)[];
  };
  return batchInputShape?.[0] ?? null;
}

/**
 * Runs samples in batches of a fixed size, since some layers, such as TimeDistributed, may have been built
 * for that size only. The last batch is filled up with the first samples. If the size isn't fixed, all
 * samples are run at once.
 *
 * @param run Computes tensors that have a row for each sample.
 */
export function inBatchesOf(
  size: number | null,
  inputs: readonly Tensor[],
  run: (inputs: readonly Tensor[]) => Tensor[],
): Tensor[] {
  const samples = inputs[0]!.shape[0]!;
  if (size === null || size === samples) return run(inputs);
  const parts: Tensor[][] = [];
  for (let start = 0; start < samples; start += size) {
    const rows = Int32Array.from({ length: size }, (_, row) => (start + row) % samples);
    parts.push(run(inputs.map((input) => input.gather(rows))));
  }
  return parts[0]!.map((first, index) => {
    const all = first.concat(parts.slice(1).map((part) => part[index]!));
    return all.slice(
      all.shape.map(() => 0),
      [samples, ...all.shape.slice(1)],
    );
  });
}
