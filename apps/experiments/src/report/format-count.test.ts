import { expect, test } from 'vitest';
import { formatCount, formatDuration, formatMillions, plural } from './format-count.js';

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
