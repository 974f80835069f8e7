import { expect, test } from 'vitest';
import { deferredLinearAlgebra } from '../testing-support/affine-rows.test-support.js';
import { type Computation, compute, computeWith, multiplyTransposed, solvePositive } from './computation.js';
import { type LinearAlgebra, referenceLinearAlgebra } from './linear-algebra.js';

/** The Gram matrix of two rows, and `matrix x = b` solved for the row `b`. */
function* solved(rows: Float64Array, b: Float64Array): Computation<Float64Array> {
  const gram = yield* multiplyTransposed(rows, rows, 2);
  const { solution } = yield* solvePositive(gram, 2, b, 0);
  return solution;
}

const rows = Float64Array.of(2, 0, 1, 3); // gram: 4 2 2 10
const b = Float64Array.of(2, 19);

test('goes on with what each step gave, at once or later', async () => {
  expect([...compute(solved(rows, b))]).toEqual([-0.5, 2]);
  expect([...(await computeWith(deferredLinearAlgebra, solved(rows, b)))]).toEqual([-0.5, 2]);
  expect([...(await computeWith(referenceLinearAlgebra, solved(rows, b)))]).toEqual([-0.5, 2]);
});

test.each(['solvePositive', 'multiplyTransposed'] as const)('an error of %s comes out', async (name) => {
  const error = new RangeError('out of memory');
  const thrown: LinearAlgebra = {
    ...deferredLinearAlgebra,
    [name]: () => {
      throw error;
    },
  };
  const rejected: LinearAlgebra = { ...deferredLinearAlgebra, [name]: () => Promise.reject(error) };
  await expect(computeWith(thrown, solved(rows, b))).rejects.toBe(error);
  await expect(computeWith(rejected, solved(rows, b))).rejects.toBe(error);
});
