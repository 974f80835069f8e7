import { expect, test } from 'vitest';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { ndArray, reshape, sizeOf } from './nd-array.js';

test('a shape holds the product of its lengths, a scalar one number', () => {
  expect(sizeOf([2, 3, 4])).toBe(24);
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([5, 0])).toBe(0);
});

test('a Float64Array is taken as it is, other numbers are copied', () => {
  const data = new Float64Array([1, 2]);
  expect(ndArray([2], data).data).toBe(data);
  expect([...ndArray([1, 2], [3, 4]).data]).toEqual([3, 4]);
});

test('a new shape shares the data', () => {
  const array = ndArray([2, 3], [1, 2, 3, 4, 5, 6]);
  expect(reshape(array, [3, 2])).toEqual({ shape: [3, 2], data: array.data });
  expect(reshape(array, [6]).data).toBe(array.data);
});

test('a shape of another size is refused', () => {
  expect(codeOf(() => ndArray([2, 2], [1, 2, 3]))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => reshape(ndArray([2], [1, 2]), [3]))).toBe('SHAPE_MISMATCH');
});
