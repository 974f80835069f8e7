import { uniformStream } from '@fuseinit/core';
import { mean } from 'simple-statistics';
import { expect, test } from 'vitest';
import { bootstrapInterval } from './bootstrap-interval.js';

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
