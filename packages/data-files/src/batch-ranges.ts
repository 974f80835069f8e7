import { unfit } from './data-errors.js';
import type { BatchRange } from './data-file.js';
import type { SampleRange } from './sample-source.js';

/** @throws ARGUMENT_INVALID for a batch size that isn't a whole number of at least 1. */
export function requireSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 1) return;
  throw unfit(`The size of batches is ${size}: a whole number of at least 1 was expected.`);
}

/**
 * Returns the requested samples as separate ranges.
 *
 * @param count The number of all samples.
 * @throws ARGUMENT_INVALID for samples that don't exist, indices that don't ascend, or both indices and a
 *   range.
 */
export function sampleRanges(range: BatchRange, count: number): SampleRange[] {
  const { first = 0, end = count, indices } = range;
  if (indices === undefined) {
    requireWithin(first, end, count);
    return first < end ? [{ first, end }] : [];
  }
  if (range.first !== undefined || range.end !== undefined) {
    throw unfit('Both indices and a range, by first or end, were given: one of them was expected.');
  }
  const ranges: { first: number; end: number }[] = [];
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at]!;
    requireIndex(index, indices[at - 1], count);
    const last = ranges.at(-1);
    if (last?.end === index) last.end++;
    else ranges.push({ first: index, end: index + 1 });
  }
  return ranges;
}

/** The index of the sample that follows the given number of samples in the ranges. */
export function sampleAt(ranges: readonly SampleRange[], before: number): number {
  let left = before;
  for (const { first, end } of ranges) {
    if (left < end - first) return first + left;
    left -= end - first;
  }
  return -1;
}

function requireIndex(index: number, before: number | undefined, count: number): void {
  if (Number.isSafeInteger(index) && index > (before ?? -1) && index < count) return;
  const place = before === undefined ? '' : ` after ${before}`;
  throw unfit(
    `Index ${index} came${place}: whole numbers from 0 to ${count - 1} were expected, each larger than the one before.`,
  );
}

function requireWithin(first: number, end: number, count: number): void {
  if ([first, end].every(Number.isSafeInteger) && first >= 0 && end >= first && end <= count) return;
  throw unfit(
    `Samples ${first} to before ${end} were asked for: whole numbers from 0 to ${count} were expected, the first not after the end.`,
  );
}
