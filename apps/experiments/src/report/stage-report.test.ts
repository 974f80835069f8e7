import { expect, test } from 'vitest';
import { epochsToReach, reachOf } from './stage-report.js';

test('the first epoch that is no worse, whatever comes after', () => {
  expect(epochsToReach('classification', [0.1, 0.6, 0.8, 0.7, 0.9], 0.8)).toBe(2);
  expect(epochsToReach('classification', [0.8, 0.1], 0.8)).toBe(0);
  expect(epochsToReach('classification', [0.1, 0.6], 0.8)).toBeUndefined();
});

test('of an error, the first that is no larger', () => {
  expect(epochsToReach('regression', [0.9, 0.5, 0.3, 0.4], 0.35)).toBe(2);
  expect(epochsToReach('regression', [0.9, 0.5], 0.35)).toBeUndefined();
});

test('what never reaches took longest', () => {
  expect(reachOf([1, undefined, 3])).toEqual({ median: 3, reached: 2, of: 3 });
  expect(reachOf([1, 2, undefined, 4])).toEqual({ median: 3, reached: 3, of: 4 });
  expect(reachOf([1, undefined, undefined])).toEqual({ median: undefined, reached: 1, of: 3 });
  expect(reachOf([])).toBeUndefined();
});
