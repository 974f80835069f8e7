import { expect, test } from 'vitest';
import { sumOfSquares } from './sum-of-squares.js';

test('of the numbers, and of their differences from others', () => {
  expect(sumOfSquares(Float64Array.of(1, -2, 3))).toBe(14);
  expect(sumOfSquares(Float64Array.of(1, -2, 3), Float64Array.of(1, 0, 5))).toBe(8);
  expect(sumOfSquares(new Float64Array(0))).toBe(0);
});
