import { expect, test } from 'vitest';
import { formatDifference, formatScore, formatSize, formatSpread } from './format-score.js';

test('accuracy in percent, its differences in percentage points', () => {
  expect(formatScore('classification', 0.9056)).toBe('90.6 %');
  expect(formatSpread('classification', { mean: 0.9056, deviation: 0.00312, count: 3 })).toBe(
    '90.6 % ± 0.31',
  );
  const difference = {
    mean: 0.0121,
    deviation: 0.1,
    count: 5,
    seeds: [],
    interval: { low: -0.001, high: 0.02 },
  };
  expect(formatDifference('classification', difference)).toBe('+1.21 (−0.10 to 2.00)');
});

test('errors to three digits', () => {
  expect(formatScore('regression', 0.9)).toBe('0.900');
  expect(formatSize('regression', -0.0012345)).toBe('−0.00123');
  expect(formatSize('regression', -0.0000012345)).toBe('−1.2e-6');
});

test('nothing has no sign, and what is not there is a dash', () => {
  expect(formatSize('classification', -0.00001)).toBe('0.00');
  expect(formatSpread('classification', undefined)).toBe('-');
  expect(formatSpread('classification', { mean: 0.5, deviation: undefined, count: 1 })).toBe('50.0 %');
  expect(formatDifference('classification', undefined)).toBe('-');
});
