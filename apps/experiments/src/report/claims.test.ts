import { expect, test } from 'vitest';
import { verdictOf } from './claims.js';

test('holds above, is reversed below, and is open wherever the interval touches', () => {
  expect(verdictOf({ low: 0.01, high: 0.02 }, 5)).toBe('holds');
  expect(verdictOf({ low: -0.02, high: -0.01 }, 5)).toBe('reversed');
  for (const [low, high] of [
    [-0.01, 0.01],
    [0, 0.01],
    [-0.01, 0],
    [0, 0],
  ] as const) {
    expect(verdictOf({ low, high }, 5)).toBe('open');
  }
});

test('nothing holds by fewer than five seeds, or without an interval', () => {
  expect(verdictOf({ low: 0.01, high: 0.02 }, 4)).toBe('open');
  expect(verdictOf(undefined, 5)).toBe('open');
});

test('a ratio is held to 1', () => {
  expect(verdictOf({ low: 0.5, high: 0.9 }, 5, 1)).toBe('reversed');
  expect(verdictOf({ low: 0.5, high: 1.1 }, 5, 1)).toBe('open');
});
