import { expect, test } from 'vitest';
import { transpose } from './transpose.js';

test('columns become rows', () => {
  expect([...transpose(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...transpose(new Float64Array(0), 0, 3)]).toEqual([]);
});
