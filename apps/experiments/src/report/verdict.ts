import type { Interval } from './bootstrap-interval.js';

/** What an interval says of the claim that a difference is above a value. */
export type Verdict = 'holds' | 'reversed' | 'open';

/**
 * Even if nothing made a difference, all of n differences would have one sign in 2 of 2^n cases, and the
 * bootstrap interval would leave 0 out: in one of four for three seeds, in one of sixteen for five.
 */
export const fewestSeeds = 5;

/**
 * @param seeds That the interval was resampled from.
 * @param value That the interval must lie above: 0 of a difference, 1 of a ratio.
 */
export function verdictOf(interval: Interval | undefined, seeds: number, value = 0): Verdict {
  if (!interval || seeds < fewestSeeds) return 'open';
  if (interval.low > value) return 'holds';
  return interval.high < value ? 'reversed' : 'open';
}
