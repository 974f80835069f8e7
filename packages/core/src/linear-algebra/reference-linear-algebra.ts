import { cholesky, solveCholesky } from '../solve/cholesky.js';
import type { LinearAlgebra, PositiveSolution } from './linear-algebra.js';

/** Plain JavaScript in float64, at once: what every other implementation is held to, and what needs nothing. */
export const referenceLinearAlgebra = {
  name: 'reference',
  solvePositive(
    matrix: Float64Array,
    size: number,
    rightSides: Float64Array,
    tolerance: number,
  ): PositiveSolution {
    const factor = cholesky(matrix, size, tolerance);
    return {
      solution: solveCholesky(factor, rightSides),
      pivots: factor.pivots,
      skipped: factor.skipped,
    };
  },
  multiplyTransposed(a: Float64Array, b: Float64Array, inner: number): Float64Array {
    const rows = a.length / inner;
    const columns = b.length / inner;
    const product = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      let column = 0;
      for (; column + 4 <= columns; column += 4) multiplyFour(product, a, b, inner, row, column, columns);
      for (; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[column * inner + k]!;
        product[row * columns + column] = sum;
      }
    }
    return product;
  },
} as const satisfies LinearAlgebra;

function multiplyFour(
  product: Float64Array,
  a: Float64Array,
  b: Float64Array,
  inner: number,
  row: number,
  column: number,
  columns: number,
): void {
  const start = row * inner;
  const b0 = column * inner;
  const b1 = b0 + inner;
  const b2 = b1 + inner;
  const b3 = b2 + inner;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < inner; k++) {
    const value = a[start + k]!;
    s0 += value * b[b0 + k]!;
    s1 += value * b[b1 + k]!;
    s2 += value * b[b2 + k]!;
    s3 += value * b[b3 + k]!;
  }
  const at = row * columns + column;
  product[at] = s0;
  product[at + 1] = s1;
  product[at + 2] = s2;
  product[at + 3] = s3;
}
