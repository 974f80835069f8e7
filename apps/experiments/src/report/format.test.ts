import { expect, test } from 'vitest';
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatMillions,
  formatScore,
  formatSize,
  formatSpread,
  plural,
} from './format.js';

test('counts with commas, multiply-adds in millions where there is one', () => {
  expect(formatCount(32442)).toBe('32,442');
  expect(formatMillions(4_636_800)).toBe('4.64 M');
  expect(formatMillions(201_488)).toBe('201,488');
});

test('durations in what one would say', () => {
  expect([1.54, 42.4, 99.6, 5400, 12_000].map(formatDuration)).toEqual([
    '1.5 s',
    '42 s',
    '100 s',
    '90 min',
    '3 h 20 min',
  ]);
});

test('one is not many', () => {
  expect([plural(1, 'run'), plural(2, 'run'), plural(1, 'run has', 'runs have')]).toEqual([
    '1 run',
    '2 runs',
    '1 run has',
  ]);
});

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
