import { expect, test } from 'vitest';
import { createLargest } from './comparison.js';

test('the highest ranks are kept, the earlier of equal ones first', () => {
  const largest = createLargest<string>(3);
  for (const [rank, name] of [
    [1, 'a'],
    [3, 'b'],
    [2, 'c'],
    [3, 'd'],
    [2, 'e'],
    [0, 'f'],
  ] as const) {
    largest.offer(rank, () => name);
  }
  expect(largest.kept.map(({ value }) => value)).toEqual(['b', 'd', 'c']);
});

test('what is not kept is not made', () => {
  const largest = createLargest<string>(1);
  largest.offer(2, () => 'kept');
  largest.offer(1, () => {
    throw new Error('made');
  });
  expect(largest.kept).toHaveLength(1);
});
