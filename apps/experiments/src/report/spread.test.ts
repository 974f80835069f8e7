import { expect, test } from 'vitest';
import { spread } from './spread.js';

test('mean and deviation over n - 1', () => {
  // Around 7 the squares are 16, 0 and 16, over two.
  expect(spread([3, 7, 11])).toEqual({ mean: 7, deviation: 4, count: 3 });
});

test('one value has no deviation, none has no mean', () => {
  expect(spread([5])).toEqual({ mean: 5, deviation: undefined, count: 1 });
  expect(spread([])).toBeUndefined();
});
