import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows, ndArray } from '../array/nd-array.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { holds, seeds } from '../testing-support/properties.test-support.js';
import { cholesky, referenceLinearAlgebra, solveCholesky } from './linear-algebra.js';

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

/** Of every size that four rows at a time may leave a rest of. */
const sizes = fc.integer({ min: 1, max: 60 });
const toleranceOf = (size: number) => 16 * size * Number.EPSILON;

/** `factor factor^T / rank + floor I` [size, size], from `factor` [size, rank]. */
function gramMatrix(seed: number, size: number, rank: number, floor: number): Float64Array {
  const { data } = randomArray(seed, [size, rank]);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? floor * rank : 0;
      for (let k = 0; k < rank; k++) sum += data[i * rank + k]! * data[j * rank + k]!;
      matrix[i * size + j] = sum / rank;
    }
  }
  return matrix;
}

/** `matrix x` for every row of `vectors` [count, size]; the matrix is symmetric. */
function timesMatrix(vectors: Float64Array, matrix: Float64Array, size: number): Float64Array {
  return vectors.map((_, index) => {
    const start = Math.floor(index / size) * size;
    let sum = 0;
    for (let k = 0; k < size; k++) sum += matrix[(index % size) * size + k]! * vectors[start + k]!;
    return sum;
  });
}

test('L L^T is the matrix', () => {
  holds(
    fc.property(sizes, seeds, (size, seed) => {
      // Condition: about 4 over the floor.
      const matrix = gramMatrix(seed, size, size, 0.1);
      const { lower, skipped, pivots } = cholesky(matrix, size, toleranceOf(size));
      const product = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          for (let k = 0; k <= Math.min(i, j); k++)
            product[i * size + j]! += lower[i * size + k]! * lower[j * size + k]!;
        }
        expect(lower[i * size + i]! ** 2).toBeCloseTo(pivots[i]!, 13);
      }
      expect([...skipped]).toEqual(Array(size).fill(0));
      // Backward stable: a rounding for each of up to 60 terms.
      const shape = [size, size];
      expect(relativeDistance(ndArray(shape, product), ndArray(shape, matrix))).toBeLessThan(1e-14);
    }),
    120,
  );
});

test('a regular system is solved for every right side', () => {
  holds(
    fc.property(sizes, seeds, (size, seed) => {
      const matrix = gramMatrix(seed, size, size, 0.1);
      const expected = randomArray(seed + 1, [3, size]);
      const rightSides = timesMatrix(expected.data, matrix, size);
      const kept = rightSides.slice();
      const solution = solveCholesky(cholesky(matrix, size, toleranceOf(size)), rightSides);
      // Roundings of 60 terms, times a condition number of up to 100.
      expect(relativeDistance(ndArray([3, size], solution), expected)).toBeLessThan(1e-11);
      expect(rightSides).toEqual(kept);
    }),
    120,
  );
});

test('a singular system that has solutions gets one of them, with no weight on what is skipped', () => {
  holds(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      seeds,
      (size, part, seed) => {
        const rank = Math.max(1, Math.floor(part * (size - 1)));
        const matrix = gramMatrix(seed, size, rank, 0);
        const rightSides = timesMatrix(randomArray(seed + 1, [2, size]).data, matrix, size);
        const factor = cholesky(matrix, size, toleranceOf(size));
        const solution = solveCholesky(factor, rightSides);
        expect(solution.every(Number.isFinite)).toBe(true);
        factor.skipped.forEach((isSkipped, index) => {
          if (isSkipped) expect([solution[index], solution[size + index]]).toEqual([0, 0]);
        });
        const reached = timesMatrix(solution, matrix, size);
        const shape = [2, size];
        // A leading block as large as the rank may be nearly singular: half the digits are kept.
        expect(relativeDistance(ndArray(shape, reached), ndArray(shape, rightSides))).toBeLessThan(1e-8);
      },
    ),
    120,
  );
});

test('what repeats earlier columns is skipped, whatever rounding leaves of it', () => {
  holds(
    fc.property(sizes, sizes, seeds, (rank, repeated, seed) => {
      const matrix = gramMatrix(seed, rank, rank, 0.1);
      const size = rank + repeated;
      const origin = (index: number) => (index < rank ? index : (index * 7) % rank);
      const whole = Float64Array.from({ length: size * size }, (_, index) => {
        return matrix[origin(Math.floor(index / size)) * rank + origin(index % size)]!;
      });
      const { skipped } = cholesky(whole, size, toleranceOf(size));
      expect([...skipped]).toEqual([...Array(rank).fill(0), ...Array(repeated).fill(1)]);
    }),
  );
});

test('a zero matrix, and one that repeats a column, skip what is left without variance', () => {
  expect([...cholesky(new Float64Array(25), 5, toleranceOf(5)).skipped]).toEqual([1, 1, 1, 1, 1]);
  expect([...solveCholesky(cholesky(new Float64Array(4), 2, 0), new Float64Array([1, 2]))]).toEqual([0, 0]);
  const repeated = cholesky(Float64Array.from([4, 4, 2, 4, 4, 2, 2, 2, 5]), 3, toleranceOf(3));
  expect([...repeated.skipped]).toEqual([0, 1, 0]);
  expect([...repeated.pivots]).toEqual([4, 0, 4]);
});

test('the upper triangle is not read', () => {
  const size = 9;
  const matrix = gramMatrix(3, size, size, 0.1);
  const spoiled = matrix.map((value, index) =>
    index % size > Math.floor(index / size) ? Number.NaN : value,
  );
  expect(cholesky(spoiled, size, toleranceOf(size))).toEqual(cholesky(matrix, size, toleranceOf(size)));
});
