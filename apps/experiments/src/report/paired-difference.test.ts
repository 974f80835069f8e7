import { expect, test } from 'vitest';
import { type BySeed, pairedDifference } from './paired-difference.js';

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

test('pairs by seed: the same numbers with other seeds tell nothing', () => {
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
