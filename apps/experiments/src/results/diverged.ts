import type { Score } from './result-line.js';

/**
 * Whether a run's numbers have left the reals. JSON has no NaN: what was one is null in a line of results.
 */
export function hasDiverged({ score, loss }: Score): boolean {
  return !Number.isFinite(score) || !Number.isFinite(loss);
}
