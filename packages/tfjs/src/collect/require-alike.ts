import { FuseInitError } from '@fuseinit/core';
import type { Statistics } from './statistics.js';

/**
 * Refuses statistics that can't be added to others.
 *
 * @throws CHECKPOINT_MISMATCH for those of another teacher, other spans, or other samples held out.
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
