import { expect, test } from 'vitest';
import { deviationRatio } from './deviation-ratio.js';
import type { BySeed } from './paired-difference.js';

function bySeed(...values: number[]): BySeed {
  return new Map(values.map((value, index) => [index + 1, value]));
}

const values = bySeed(1, 4, 2, 8, 5, 7);

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
  expect(deviationRatio(bySeed(1), values)).toBeUndefined();
  expect(deviationRatio(bySeed(1, 7), values)).toMatchObject({
    ratio: expect.closeTo(2),
    interval: undefined,
  });
});

test('over no deviation it is beyond all numbers, and none over none is nothing', () => {
  const still = bySeed(2, 2, 2, 2, 2, 2);
  expect(deviationRatio(values, still)!.ratio).toBe(Number.POSITIVE_INFINITY);
  expect(deviationRatio(still, values)!.ratio).toBe(0);
  expect(deviationRatio(still, still)).toBeUndefined();
});
