import { uniformStream } from '@fuseinit/core';
import { mean, quantileSorted, sampleStandardDeviation } from 'simple-statistics';

/** The mean and deviation of a number over seeds. */
export interface Spread {
  readonly mean: number;
  /** The deviation with the denominator `count - 1`; undefined for a single seed. */
  readonly deviation: number | undefined;
  readonly count: number;
}

/** @returns Undefined if there are no values. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return {
    mean: mean([...values]),
    deviation: values.length > 1 ? sampleStandardDeviation([...values]) : undefined,
    count: values.length,
  };
}

/** A 95 % confidence interval of a statistic. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The number of resamples for each interval. */
export const resamples = 10_000;
/** The seed is fixed, so that the same lines give the same page. */
const resamplingSeed = 20010509;

/**
 * Computes the 95 % percentile bootstrap interval: the statistic of samples that are drawn with replacement
 * from the given ones.
 *
 * @param count The number of samples.
 * @param statistic Computes the statistic of the samples with `count` indices. A NaN, as for deviations over
 * no deviation, is left out.
 * @returns Undefined for fewer than two samples, or if the statistic is never a number.
 */
export function bootstrapInterval(
  count: number,
  statistic: (indices: readonly number[]) => number,
): Interval | undefined {
  if (count < 2) return undefined;
  const uniform = uniformStream(resamplingSeed);
  const indices = Array.from({ length: count }, () => 0);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    for (let index = 0; index < count; index++) indices[index] = Math.floor(uniform() * count);
    const value = statistic(indices);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  return { low: quantileSorted(values, 0.025), high: quantileSorted(values, 0.975) };
}

/** One number for each seed. */
export type BySeed = ReadonlyMap<number, number>;

/**
 * A difference that is taken within each seed, so that what both sides share cancels, and then averaged over
 * seeds.
 */
export interface PairedDifference extends Spread {
  /** The interval of the mean difference, by resampling seeds. */
  readonly interval: Interval | undefined;
  /** The seeds that both sides have, in increasing order. */
  readonly seeds: readonly number[];
}

/**
 * Returns the mean of `difference(one, other)` over the seeds that both have.
 *
 * @returns Undefined if they share none.
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

/** Returns the seeds that both sides have, in increasing order. */
function sharedSeeds(ones: BySeed, others: BySeed): number[] {
  return [...ones.keys()].filter((seed) => others.has(seed)).sort((a, b) => a - b);
}

/** The ratio of the deviations of two networks over seeds. */
export interface DeviationRatio {
  readonly ratio: number;
  /** Undefined for two seeds, since all their resamples have the same ratio. */
  readonly interval: Interval | undefined;
  /** The seeds that both sides have, in increasing order. */
  readonly seeds: readonly number[];
}

/**
 * Returns the deviation of `ones` over that of `others`, over the seeds that both have. The seeds are
 * resampled together.
 *
 * @returns Undefined if they share fewer than two, or if the ratio is 0 over 0.
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
