import { FuseInitError } from '@fuseinit/core';
import type { Statistics } from './statistics.js';

/**
 * Requires statistics that can be merged.
 *
 * @throws CHECKPOINT_MISMATCH if the teachers, the spans or the held-out samples differ.
 */
export function requireAlike(first: Statistics, other: Statistics): void {
  const differs =
    first.teacher !== other.teacher
      ? 'other teachers: their weights or layers differ'
      : first.heldOut !== other.heldOut
        ? `other shares held out, ${first.heldOut} and ${other.heldOut}`
        : first.seed !== other.seed
          ? `other samples held out, those of seed ${first.seed} and of seed ${other.seed}`
          : spansOf(first) !== spansOf(other)
            ? `other spans, ${spansOf(first)} and ${spansOf(other)}`
            : undefined;
  if (differs === undefined) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The statistics are of ${differs}. Collect all parts from the same model with the same options.`,
  );
}

function spansOf({ spans }: Statistics): string {
  return spans.map(({ collected }) => collected.tap).join(', ');
}
