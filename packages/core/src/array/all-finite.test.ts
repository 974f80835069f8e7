import { expect, test } from 'vitest';
import { allFinite } from './all-finite.js';

test('finds NaN and Infinity wherever they stand, and nothing else', () => {
  const finite = [0, -0, 1, -1, Number.MAX_VALUE, Number.MIN_VALUE];
  expect(allFinite(Float64Array.from(finite))).toBe(true);
  expect(allFinite(new Float64Array(0))).toBe(true);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (let at = 0; at < finite.length; at++) {
      expect(allFinite(Float64Array.from(finite.with(at, value)))).toBe(false);
    }
  }
});
