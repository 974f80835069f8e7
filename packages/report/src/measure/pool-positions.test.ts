import { expect, test } from 'vitest';
import { poolPositions } from './pool-positions.js';

test('short axes stay as they are', () => {
  expect(poolPositions([1, 2, 3, 4, 5, 6], [2, 3])).toEqual({
    layerShape: [2, 3],
    shape: [2, 3],
    relativeMse: [1, 2, 3, 4, 5, 6],
  });
});

test('long axes are averaged down, the last cell over what is left', () => {
  const errors = Array.from({ length: 129 }, (_, index) => index);
  const { shape, relativeMse } = poolPositions(errors, [129]);
  expect(shape).toEqual([43]);
  expect(relativeMse.slice(0, 2)).toEqual([1, 4]);
  const wide = poolPositions(
    Array.from({ length: 65 * 2 }, (_, index) => index % 65),
    [2, 65],
  );
  expect(wide.shape).toEqual([2, 33]);
  expect(wide.relativeMse[32]).toBe(64);
});

test('axes after the second are averaged away', () => {
  expect(poolPositions([1, 3, 5, 7], [1, 2, 2]).relativeMse).toEqual([2, 6]);
});
