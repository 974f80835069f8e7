import { uniformStream } from '@fuseinit/core';
import { quantileSorted } from 'simple-statistics';

/** Where a statistic lies, to 95 %. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of each interval. */
export const resamples = 10_000;
/** Fixed: the same lines give the same page. */
const resamplingSeed = 20010509;

/**
 * Percentile bootstrap of 95 %: the statistic of samples drawn from those that are there, with replacement.
 *
 * @param count Of the samples.
 * @param statistic Of the samples with these indices, `count` of them. A NaN, as of deviations over no
 * deviation, is left out.
 * @returns Undefined of fewer than two samples, or where the statistic is never a number.
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
