import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomArray, relativeDistance } from '../testing/check.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import {
  allFinite,
  columnCount,
  multiplyRows,
  ndArray,
  reshape,
  rowCount,
  sizeOf,
  subarray,
  sumOfSquares,
  transpose,
} from './nd-array.js';

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

test('part of a typed array shares its memory, part of another array is copied', () => {
  const floats = Float32Array.from([1, 2, 3, 4]);
  const part = subarray(floats, 1, 3) as Float32Array;
  expect([...part]).toEqual([2, 3]);
  expect(part.buffer).toBe(floats.buffer);
  expect(subarray([1, 2, 3, 4], 1, 3)).toEqual([2, 3]);
  expect(subarray({ length: 2, 0: 5, 1: 6 }, 1, 2)).toEqual([6]);
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

const length = fc.integer({ min: 1, max: 6 });

test('all axes but the last are rows', () => {
  const array = randomArray(1, [2, 3, 4]);
  expect([rowCount(array), columnCount(array)]).toEqual([6, 4]);
  expect(rowCount(ndArray([3, 0], []))).toBe(0);
  expect(codeOf(() => rowCount(ndArray([], [1])))).toBe('SHAPE_MISMATCH');
});

describe('multiplyRows', () => {
  test('is the sum over the inner axis plus the bias', () => {
    holds(
      fc.property(seeds, length, length, length, (seed, outer, inner, columns) => {
        const rows = randomArray(seed, [outer, 2, inner]);
        const matrix = randomArray(seed + 1, [inner, columns]);
        const bias = randomArray(seed + 2, [columns]);
        const expected = randomArray(0, [outer, 2, columns]);
        for (let row = 0; row < outer * 2; row++) {
          for (let column = 0; column < columns; column++) {
            let sum = 0;
            for (let k = 0; k < inner; k++)
              sum += rows.data[row * inner + k]! * matrix.data[k * columns + column]!;
            expected.data[row * columns + column] = sum + bias.data[column]!;
          }
        }
        // Six products summed in another order: a few roundings.
        expect(relativeDistance(multiplyRows(rows, matrix, bias), expected)).toBeLessThan(1e-14);
      }),
    );
  });

  test('a missing bias is zero', () => {
    const rows = ndArray([1, 2], [2, 3]);
    expect([...multiplyRows(rows, ndArray([2, 2], [1, 0, 0, 1])).data]).toEqual([2, 3]);
  });

  test('refuses lengths that differ', () => {
    const rows = randomArray(1, [2, 3]);
    expect(codeOf(() => multiplyRows(rows, randomArray(1, [2, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => multiplyRows(rows, randomArray(1, [3, 1, 1])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => multiplyRows(rows, randomArray(1, [3, 2]), randomArray(1, [3])))).toBe(
      'SHAPE_MISMATCH',
    );
  });
});

test('columns become rows', () => {
  expect([...transpose(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...transpose(new Float64Array(0), 0, 3)]).toEqual([]);
});

test('finds NaN and Infinity wherever they stand, and nothing else', () => {
  const finite = [0, -0, 1, -1, Number.MAX_VALUE, Number.MIN_VALUE];
  expect(allFinite(Float64Array.from(finite))).toBe(true);
  expect(allFinite(new Float64Array(0))).toBe(true);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (let at = 0; at < finite.length; at++) {
      expect(allFinite(Float64Array.from(finite.with(at, value)))).toBe(false);
    }
  }
});

test('of the numbers, and of their differences from others', () => {
  expect(sumOfSquares(Float64Array.of(1, -2, 3))).toBe(14);
  expect(sumOfSquares(Float64Array.of(1, -2, 3), Float64Array.of(1, 0, 5))).toBe(8);
  expect(sumOfSquares(new Float64Array(0))).toBe(0);
});
