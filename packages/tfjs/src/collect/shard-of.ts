import { FuseInitError } from '@fuseinit/core';
import type { TappedBatch } from '../fuse/tap-batches.js';
import type { Shard } from './statistics.js';

/**
 * Yields every `of`-th batch, beginning with batch `index`. Every shard also reads the first batch of the
 * data without counting it, so that sums of float32 products are rounded as in a single pass.
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

/**
 * Requires statistics of this shard alone.
 *
 * @throws CHECKPOINT_MISMATCH if statistics of other shards were given.
 */
export function requireSameShard({ index, of }: Shard, seen: readonly Shard[]): void {
  if (seen.length === 1 && seen[0]!.index === index && seen[0]!.of === of) return;
  const came = seen.map((shard) => `${shard.index} of ${shard.of}`).join(', ');
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `What is to be resumed is of part ${came}, where part ${index} of ${of} was expected.`,
  );
}

/**
 * Returns a shard after checking it.
 *
 * @throws ARGUMENT_INVALID if `of` isn't a positive integer or `index` isn't an integer from 0 to `of` - 1.
 */
export function requireShard(shard: Shard): Shard {
  const { index, of } = shard;
  if (Number.isInteger(of) && of > 0 && Number.isInteger(index) && index >= 0 && index < of) return shard;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `shard is { index: ${index}, of: ${of} }: an index from 0 to below a positive number of parts was expected.`,
  );
}
