import { expect, test } from 'vitest';
import { percent, time, timeSpread, times, whereSlower } from './format.js';

test.each([
  [0.000416, '0.42 ms'],
  [0.0123, '12.3 ms'],
  [0.85, '850 ms'],
  [1.234, '1.23 s'],
  [123.4, '123 s'],
])('%d seconds are written as %s', (seconds, text) => {
  expect(time(seconds)).toBe(text);
});

test('a spread has its ends in brackets', () => {
  expect(timeSpread({ median: 2, lowest: 0.5, highest: 3, count: 3 })).toBe('2.00 s (500 ms to 3.00 s)');
});

test('ratios and shares', () => {
  expect(times(0.5)).toBe('0.50x');
  expect(percent(0.196)).toBe('20 %');
});

test('a ratio below 1 is named with how much longer it takes', () => {
  const text = whereSlower('NumPy', [
    { name: 'a', ratio: 0.5 },
    { name: 'b', ratio: 2 },
  ]);
  expect(text).toBe('**Slower than NumPy: a (2.00 times its time).**');
});

test('where no ratio is below 1, it says so', () => {
  expect(whereSlower('NumPy', [{ name: 'b', ratio: 1 }])).toContain('nowhere');
});
