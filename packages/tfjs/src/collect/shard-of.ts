import { FuseInitError } from '@fuseinit/core';
import type { TappedBatch } from '../fuse/tap-batches.js';
import type { Shard } from './statistics.js';

/**
 * Every `of`-th batch from `index` on. All parts look at the first batch of the data, so that sums of float32
 * products round as they would in one pass.
 */
export async function* shardOf(
  batches: AsyncIterable<TappedBatch>,
  { index, of }: Shard,
): AsyncGenerator<TappedBatch> {
  for await (const batch of batches) {
    if (batch.batch % of === index) yield batch;
    else if (batch.batch === 0) yield { ...batch, counts: false };
  }
}

/** @throws CHECKPOINT_MISMATCH unless that part alone was seen. */
export function requireSameShard({ index, of }: Shard, seen: readonly Shard[]): void {
  if (seen.length === 1 && seen[0]!.index === index && seen[0]!.of === of) return;
  const came = seen.map((shard) => `${shard.index} of ${shard.of}`).join(', ');
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `What is to be resumed is of part ${came}, where part ${index} of ${of} was expected.`,
  );
}

/** @throws ARGUMENT_INVALID unless it is one of `of` parts, counted from 0. */
export function requireShard(shard: Shard): Shard {
  const { index, of } = shard;
  if (Number.isInteger(of) && of > 0 && Number.isInteger(index) && index >= 0 && index < of) return shard;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `shard is { index: ${index}, of: ${of} }: an index from 0 to below a positive number of parts was expected.`,
  );
}
