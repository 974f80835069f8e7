import { FuseInitError, type Moments, mergeMoments } from '@fuseinit/core';
import { type CollectorState, createHeldOutRows } from '@fuseinit/statistics';
import { mergeInputRecords } from './input-record.js';
import { requireAlike } from './require-alike.js';
import type { Statistics } from './statistics.js';

/**
 * Merges statistics of parts of the same data into those that a single pass would give, except for the
 * rounding of float64 sums. The result doesn't depend on the order of the parts, down to the last bit, since
 * they are added in the order of their shards.
 *
 * @throws ARGUMENT_INVALID if there are no parts, or if a part is given twice.
 * @throws CHECKPOINT_MISMATCH for parts of different teachers or spans, or with different held-out samples.
 */
export function mergeStatistics(parts: readonly Statistics[]): Statistics {
  const sorted = [...parts].sort((a, b) => a.shards[0]!.index - b.shards[0]!.index);
  const [first, ...others] = sorted;
  if (!first) throw new FuseInitError('ARGUMENT_INVALID', 'No statistics came: give one part or more.');
  requireDistinct(sorted);
  for (const other of others) requireAlike(first, other);
  return {
    ...first,
    inputs: sorted.map(({ inputs }) => inputs).reduce(mergeInputRecords),
    firstOfStream: sorted.reduce<number | null>(
      (most, { firstOfStream }) => (firstOfStream === null ? most : Math.max(most ?? 0, firstOfStream)),
      null,
    ),
    shards: sorted.flatMap(({ shards }) => shards).sort((a, b) => a.index - b.index),
    spans: first.spans.map((span, index) => ({
      ...span,
      collected: others.reduce(
        (sum, other) => mergeStates(sum, other.spans[index]!.collected),
        span.collected,
      ),
    })),
  };
}

function mergeStates(first: CollectorState, second: CollectorState): CollectorState {
  const moments = merged(first.moments, second.moments);
  return {
    tap: first.tap,
    batches: first.batches + second.batches,
    samples: first.samples + second.samples,
    heldOutSamples: first.heldOutSamples + second.heldOutSamples,
    ...(moments && { moments }),
    heldOut: createHeldOutRows([...first.heldOut, ...second.heldOut]).samples,
  };
}

function merged(first: Moments | undefined, second: Moments | undefined): Moments | undefined {
  return first && second ? mergeMoments(first, second) : (first ?? second);
}

function requireDistinct(parts: readonly Statistics[]): void {
  const seen = new Set<string>();
  for (const { index, of } of parts.flatMap(({ shards }) => shards)) {
    const name = `${index} of ${of}`;
    if (seen.has(name)) {
      throw new FuseInitError('ARGUMENT_INVALID', `Part ${name} of the data came twice: each counts once.`);
    }
    seen.add(name);
  }
  const sizes = new Set(parts.flatMap(({ shards }) => shards.map(({ of }) => of)));
  if (sizes.size > 1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The data were cut into ${[...sizes].join(' and ')} parts: parts of one cut were expected, since others hold the same samples.`,
    );
  }
}
