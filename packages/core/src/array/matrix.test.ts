import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { columnCount, multiplyRows, rowCount } from './matrix.js';
import { ndArray } from './nd-array.js';

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
