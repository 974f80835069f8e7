import { FuseInitError, type Moments, mergeMoments } from '@fuseinit/core';
import { type CollectorState, createHeldOutRows } from '@fuseinit/statistics';
import { mergeInputRecords } from './input-record.js';
import { type NamedStatistics, requireMergeable } from './require-alike.js';
import type { Statistics } from './statistics.js';

/**
 * Merges statistics of parts of the same data into those that a single pass would give, except for the
 * rounding of float64 sums. The result doesn't depend on the order of the parts, down to the last bit, since
 * they are added in the order of their shards.
 *
 * @param names The name of each of the parts, such as its path, in error messages.
 * @throws ARGUMENT_INVALID if there are no parts, or if a part is given twice.
 * @throws CHECKPOINT_MISMATCH for parts of different teachers, data or spans, or with different held-out
 *   samples or batch sizes.
 */
export function mergeStatistics(parts: readonly Statistics[], names?: readonly string[]): Statistics {
  if (parts.length === 0) {
    throw new FuseInitError('ARGUMENT_INVALID', 'No statistics were given: one part or more was expected.');
  }
  const named = parts.map((statistics, at) => ({ statistics, name: names?.[at] ?? `parts[${at}]` }));
  requireDistinct(named);
  for (const other of named) requireMergeable(named[0]!, other);
  const sorted = [...parts].sort((a, b) => a.shards[0]!.index - b.shards[0]!.index);
  const [first, ...others] = sorted as [Statistics, ...Statistics[]];
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

/** @throws ARGUMENT_INVALID for parts that hold the same samples. */
function requireDistinct(parts: readonly NamedStatistics[]): void {
  const seen = new Map<string, string>();
  for (const { statistics, name } of parts) {
    for (const { index, of } of statistics.shards) {
      const part = `part ${index} of ${of}`;
      const before = seen.get(part);
      if (before !== undefined) {
        throw new FuseInitError(
          'ARGUMENT_INVALID',
          `${before} and ${name} both hold ${part} of the data, which must count once: leave one of them out.`,
        );
      }
      seen.set(part, name);
    }
  }
  const [first, ...others] = parts;
  const cutOf = ({ statistics }: NamedStatistics) => statistics.shards[0]!.of;
  const other = others.find((part) => cutOf(part) !== cutOf(first!));
  if (!other) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${first!.name} is of data that were divided into ${cutOf(first!)} parts, and ${other.name} of data divided into ${cutOf(other)}, so that both may hold the same samples: parts of one division were expected.`,
  );
}
