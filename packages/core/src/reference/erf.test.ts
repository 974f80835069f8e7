import { expect, test } from 'vitest';
import { erf } from './erf.js';

// Abramowitz and Stegun, table 7.1, and DLMF's tables of chapter 7.
test.each([
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
])('erf(%d)', (x, value) => {
  expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
  expect(erf(-x)).toBe(-erf(x));
});

test('far out it is a sign, and what is no number stays none', () => {
  expect([erf(40), erf(-40), erf(Number.NaN)]).toEqual([1, -1, Number.NaN]);
});
