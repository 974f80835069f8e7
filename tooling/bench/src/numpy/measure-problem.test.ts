import { expect, test } from 'vitest';
import { relativeError } from './measure-problem.js';

test('3-4-5: a difference of length 5 over values of length 10', () => {
  expect(relativeError([9, 12], [6, 8])).toBe(0.5);
  expect(relativeError([6, 8], [6, 8])).toBe(0);
});

test('a value that is no number is an error that no bound lets pass', () => {
  expect(relativeError([Number.NaN, 8], [6, 8]) <= 1e-2).toBe(false);
});

test('another number of values is refused', () => {
  expect(() => relativeError([1], [1, 2])).toThrow('2 were expected');
});
