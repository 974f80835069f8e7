import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows } from '../array/matrix.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { referenceLinearAlgebra } from './reference-linear-algebra.js';

const few = fc.integer({ min: 1, max: 11 });

test('a product worked out by hand', () => {
  const product = referenceLinearAlgebra.multiplyTransposed(
    Float64Array.of(1, 2, 3, 4),
    Float64Array.of(5, 6, 7, 8, 9, 10),
    2,
  );
  expect([...product]).toEqual([17, 23, 29, 39, 53, 67]);
});

test('the product is that with the transposed matrix', () => {
  holds(
    fc.property(seeds, few, few, few, (seed, rows, columns, inner) => {
      const [a, b] = [randomArray(seed, [rows, inner]), randomArray(seed + 1, [columns, inner])];
      const transposed = b.data.map((_, at) => b.data[(at % columns) * inner + Math.floor(at / columns)]!);
      const expected = multiplyRows(a, { shape: [inner, columns], data: transposed });
      const data = referenceLinearAlgebra.multiplyTransposed(a.data, b.data, inner);
      // Sums of up to 11 terms in another order.
      expect(relativeDistance({ shape: [rows, columns], data }, expected)).toBeLessThan(1e-14);
    }),
  );
});

test('a system worked out by hand: what repeats is skipped and gets 0', () => {
  const { solution, pivots, skipped } = referenceLinearAlgebra.solvePositive(
    Float64Array.of(4, 4, 2, 4, 4, 2, 2, 2, 5),
    3,
    Float64Array.of(8, 8, 12, 4, 4, 2),
    1e-14,
  );
  expect([...skipped]).toEqual([0, 1, 0]);
  expect([...pivots]).toEqual([4, 0, 4]);
  expect([...solution]).toEqual([1, 0, 2, 1, 0, 0]);
});

test('no right sides give the pivots alone', () => {
  const none = referenceLinearAlgebra.solvePositive(Float64Array.of(4), 1, new Float64Array(0), 0);
  expect(none).toEqual({
    solution: new Float64Array(0),
    pivots: Float64Array.of(4),
    skipped: Uint8Array.of(0),
  });
});
