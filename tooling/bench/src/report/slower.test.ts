import { expect, test } from 'vitest';
import { whereSlower } from './slower.js';

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
