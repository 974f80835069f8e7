import { FuseInitError } from '@fuseinit/core';
import { dataDifference } from './data-record.js';
import type { Statistics } from './statistics.js';

/** Statistics and how error messages call them. */
export interface NamedStatistics {
  readonly name: string;
  readonly statistics: Statistics;
}

/**
 * Requires two parts of statistics of the same teacher, data, spans and options.
 *
 * @throws CHECKPOINT_MISMATCH with the first difference.
 */
export function requireMergeable(first: NamedStatistics, second: NamedStatistics): void {
  const difference = differenceOf(first.statistics, second.statistics);
  if (difference === undefined) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `${first.name} and ${second.name} can't be merged, since they come from ${difference}. Collect all parts from the same model and the same data with the same options.`,
  );
}

/**
 * Requires statistics that a collection can continue.
 *
 * @param begun The statistics to resume.
 * @param now The statistics of the new collection, before its first batch.
 * @throws CHECKPOINT_MISMATCH with the first difference.
 */
export function requireResumable(begun: Statistics, now: Statistics): void {
  const difference = differenceOf(begun, now);
  if (difference === undefined) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The collection can't be resumed. What was collected before and what is given now come from ${difference}. Resume it with the same model, data and options, or collect anew.`,
  );
}

function differenceOf(first: Statistics, second: Statistics): string | undefined {
  if (first.teacher !== second.teacher) return 'different teachers, whose weights or layers differ';
  if (first.batchSize !== second.batchSize) {
    return `batches of ${first.batchSize} samples and batches of ${second.batchSize}`;
  }
  const data = dataDifference(first.data, second.data);
  if (data !== undefined) return data;
  if (first.heldOut !== second.heldOut) {
    return `different shares of held-out samples, ${first.heldOut} and ${second.heldOut}`;
  }
  if (first.seed !== second.seed) {
    return `different held-out samples, those of seed ${first.seed} and those of seed ${second.seed}`;
  }
  const [spans, otherSpans] = [spansOf(first), spansOf(second)];
  return spans === otherSpans ? undefined : `different spans, ${spans} and ${otherSpans}`;
}

function spansOf({ spans }: Statistics): string {
  return spans.map(({ collected }) => collected.tap).join(', ');
}
