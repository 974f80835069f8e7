import { sampleStandardDeviation } from 'simple-statistics';
import { bootstrapInterval, type Interval } from './bootstrap-interval.js';
import { type BySeed, sharedSeeds } from './paired-difference.js';

/** How many times as much one network spreads over seeds as another. */
export interface DeviationRatio {
  readonly ratio: number;
  /** Undefined for two seeds: whatever is drawn of them has the same ratio. */
  readonly interval: Interval | undefined;
  /** Those that both sides have a number for, rising. */
  readonly seeds: readonly number[];
}

/**
 * Deviation of `ones` over that of `others`, over the seeds that both have, which are resampled together.
 *
 * @returns Undefined where they share fewer than two, or where the ratio is 0 over 0.
 */
export function deviationRatio(ones: BySeed, others: BySeed): DeviationRatio | undefined {
  const seeds = sharedSeeds(ones, others);
  if (seeds.length < 2) return undefined;
  const above = seeds.map((seed) => ones.get(seed)!);
  const below = seeds.map((seed) => others.get(seed)!);
  const ratio = sampleStandardDeviation(above) / sampleStandardDeviation(below);
  if (Number.isNaN(ratio)) return undefined;
  const interval =
    seeds.length > 2
      ? bootstrapInterval(
          seeds.length,
          (indices) => drawnDeviation(above, indices) / drawnDeviation(below, indices),
        )
      : undefined;
  return { ratio, interval, seeds };
}

function drawnDeviation(values: readonly number[], indices: readonly number[]): number {
  return sampleStandardDeviation(indices.map((index) => values[index]!));
}
