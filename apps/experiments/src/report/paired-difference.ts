import { bootstrapInterval, type Interval } from './bootstrap-interval.js';
import { type Spread, spread } from './spread.js';

/** One number a seed. */
export type BySeed = ReadonlyMap<number, number>;

/** What the seeds have in common cancels: a difference is taken within each, and only then over them. */
export interface PairedDifference extends Spread {
  /** Of the mean difference, by resampling seeds. */
  readonly interval: Interval | undefined;
  /** Those that both sides have a number for, rising. */
  readonly seeds: readonly number[];
}

/**
 * Mean of `difference(one, other)` over the seeds that both have.
 *
 * @returns Undefined where they share none.
 */
export function pairedDifference(
  ones: BySeed,
  others: BySeed,
  difference: (one: number, other: number) => number,
): PairedDifference | undefined {
  const seeds = sharedSeeds(ones, others);
  const differences = seeds.map((seed) => difference(ones.get(seed)!, others.get(seed)!));
  const spreadOfThem = spread(differences);
  if (!spreadOfThem) return undefined;
  const interval = bootstrapInterval(seeds.length, (indices) => {
    let sum = 0;
    for (const index of indices) sum += differences[index]!;
    return sum / indices.length;
  });
  return { ...spreadOfThem, interval, seeds };
}

/** The seeds that both have a number for, rising. */
export function sharedSeeds(ones: BySeed, others: BySeed): number[] {
  return [...ones.keys()].filter((seed) => others.has(seed)).sort((a, b) => a - b);
}
