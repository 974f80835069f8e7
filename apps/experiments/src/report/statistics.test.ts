import { uniformStream } from '@fuseinit/core';
import { mean } from 'simple-statistics';
import { expect, test } from 'vitest';
import { type BySeed, bootstrapInterval, deviationRatio, pairedDifference, spread } from './statistics.js';

test('mean and deviation over n - 1', () => {
  // Around 7 the squares are 16, 0 and 16, over two.
  expect(spread([3, 7, 11])).toEqual({ mean: 7, deviation: 4, count: 3 });
});

test('one value has no deviation, none has no mean', () => {
  expect(spread([5])).toEqual({ mean: 5, deviation: undefined, count: 1 });
  expect(spread([])).toBeUndefined();
});

function ofMean(values: readonly number[]) {
  return bootstrapInterval(values.length, (indices) => mean(indices.map((index) => values[index]!)));
}

test('what never varies has no width', () => {
  expect(ofMean([0.25, 0.25, 0.25])).toEqual({ low: 0.25, high: 0.25 });
});

test('two values: a quarter of the resamples is twice the one, a quarter twice the other', () => {
  expect(ofMean([0, 1])).toEqual({ low: 0, high: 1 });
});

test('moves and scales with the values', () => {
  const values = [3, 1, 4, 1, 5, 9];
  const { low, high } = ofMean(values)!;
  const moved = ofMean(values.map((value) => 10 - 2 * value))!;
  // Mirrored, the same draws leave other quantiles: 10,000 resamples know these ends to a few hundredths.
  expect(moved.low).toBeCloseTo(10 - 2 * high, 0);
  expect(moved.high).toBeCloseTo(10 - 2 * low, 0);
});

test('the same each time', () => {
  expect(ofMean([3, 1, 4, 1, 5])).toEqual(ofMean([3, 1, 4, 1, 5]));
});

test('contains the true mean about as often as it says', () => {
  const uniform = uniformStream(5);
  const trials = 100;
  let contained = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = ofMean(Array.from({ length: 20 }, uniform))!;
    if (low <= 0.5 && 0.5 <= high) contained++;
  }
  // Percentile intervals of 20 values contain it in some 93 %; three binomial deviations around that are 0.85
  // to 1.
  expect(contained / trials).toBeGreaterThan(0.85);
  expect(contained / trials).toBeLessThan(1);
});

test('nothing of one value, or of a statistic that is never a number', () => {
  expect(ofMean([1])).toBeUndefined();
  expect(bootstrapInterval(3, () => Number.NaN)).toBeUndefined();
});

const minus = (one: number, other: number) => one - other;

/** Numbers of seeds 1, 2, ... */
function bySeed(...values: number[]): BySeed {
  return new Map(values.map((value, index) => [index + 1, value]));
}

// One percentage point in each seed, in seeds that lie twenty apart.
const others = bySeed(0.5, 0.7, 0.9, 0.6, 0.8);
const ones = bySeed(0.51, 0.71, 0.91, 0.61, 0.81);

test('a constant difference is its own interval, however much the seeds differ', () => {
  const { mean, interval, count } = pairedDifference(ones, others, minus)!;
  expect(mean).toBeCloseTo(0.01, 12);
  expect(interval!.low).toBeCloseTo(0.01, 12);
  expect(interval!.high).toBeCloseTo(0.01, 12);
  expect(count).toBe(5);
});

test('pairs by seed: the same numbers with other seeds are not comparable', () => {
  const shuffled = bySeed(0.71, 0.51, 0.61, 0.81, 0.91);
  const { mean, interval } = pairedDifference(shuffled, others, minus)!;
  expect(mean).toBeCloseTo(0.01, 12);
  expect(interval!.low).toBeLessThan(0);
  expect(interval!.high).toBeGreaterThan(0.02);
});

test('the order of seeds is no matter', () => {
  const backwards = new Map([...ones].reverse());
  expect(pairedDifference(backwards, others, minus)).toEqual(pairedDifference(ones, others, minus));
});

test('seeds that only one side has are left out', () => {
  const more = new Map([...ones, [9, 123]]);
  expect(pairedDifference(more, others, minus)).toEqual(pairedDifference(ones, others, minus));
  expect(pairedDifference(more, others, minus)!.seeds).toEqual([1, 2, 3, 4, 5]);
  expect(pairedDifference(new Map([[9, 1]]), others, minus)).toBeUndefined();
});

function valuesBySeed(...values: number[]): BySeed {
  return new Map(values.map((value, index) => [index + 1, value]));
}

const values = valuesBySeed(1, 4, 2, 8, 5, 7);

test('of what is three times as far apart, in each resample', () => {
  const tripled = new Map([...values].map(([seed, value]) => [seed, 10 - 3 * value]));
  const { ratio, interval } = deviationRatio(tripled, values)!;
  expect(ratio).toBeCloseTo(3, 12);
  // Both sides are resampled by the same seeds.
  expect(interval!.low).toBeCloseTo(3, 12);
  expect(interval!.high).toBeCloseTo(3, 12);
});

test('over the seeds that both have, two at least', () => {
  const more = new Map([...values, [9, 1000]]);
  expect(deviationRatio(more, values)!.ratio).toBeCloseTo(1, 12);
  expect(deviationRatio(valuesBySeed(1), values)).toBeUndefined();
  expect(deviationRatio(valuesBySeed(1, 7), values)).toMatchObject({
    ratio: expect.closeTo(2),
    interval: undefined,
  });
});

test('over no deviation it is beyond all numbers, and none over none is nothing', () => {
  const still = valuesBySeed(2, 2, 2, 2, 2, 2);
  expect(deviationRatio(values, still)!.ratio).toBe(Number.POSITIVE_INFINITY);
  expect(deviationRatio(still, values)!.ratio).toBe(0);
  expect(deviationRatio(still, still)).toBeUndefined();
});
