/**
 * The dense float64 products and factorisations that dominate the solver's time. WebAssembly, threads or a
 * native library can implement them in place of plain JavaScript.
 *
 * No argument is changed or detached; returned arrays belong to the caller, and no later call changes them.
 * Calls may overlap. An argument may be a view of a part of a larger buffer, and the same array may be given
 * twice.
 *
 * `checkLinearAlgebra` from `@fuseinit/core/testing` tests an implementation.
 */
export interface LinearAlgebra {
  readonly name: string;
  /**
   * Solves `matrix x = b` for every row b of `rightSides`, by Cholesky factorisation. A column whose pivot is
   * at most `tolerance` times its own diagonal element depends on the earlier columns: it is skipped, and its
   * solution is 0.
   *
   * @param matrix [size, size], row-major, symmetric and positive semidefinite; only the lower triangle is
   *   read.
   * @param size The number of rows and columns, at least 1.
   * @param rightSides [count, size], row-major; count may be 0.
   */
  solvePositive(
    matrix: Float64Array,
    size: number,
    rightSides: Float64Array,
    tolerance: number,
  ): PositiveSolution | Promise<PositiveSolution>;
  /**
   * `a b^T`, row-major: the product of every row of `a` with every row of `b`.
   *
   * @param a [rows, inner]
   * @param b [columns, inner]
   * @param inner The length of each row, at least 1.
   * @returns [rows, columns]
   */
  multiplyTransposed(a: Float64Array, b: Float64Array, inner: number): Float64Array | Promise<Float64Array>;
}

/** The solution of a positive semidefinite system, and how the factorisation went. */
export interface PositiveSolution {
  /** [count, size], row-major. */
  readonly solution: Float64Array;
  /**
   * [size]: the remainder of each diagonal element in its turn, the variance that earlier columns do not
   * explain.
   */
  readonly pivots: Float64Array;
  /** [size]: 1 where nothing was left to divide by, else 0. */
  readonly skipped: Uint8Array;
}

/**
 * The reference implementation, in plain JavaScript and float64. It is synchronous and has no dependencies;
 * every other implementation is checked against it.
 */
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

/** The factor `L` of a symmetric, positive semidefinite `matrix = L L^T`, and how the factorisation went. */
export interface CholeskyFactor {
  readonly size: number;
  /** [size, size], row-major, lower triangle; the rest is not read. */
  readonly lower: Float64Array;
  /**
   * [size]: the remainder of each diagonal element in its turn, the variance that earlier columns do not
   * explain.
   */
  readonly pivots: Float64Array;
  /** [size]: 1 where the column depends on earlier ones, so that its pivot is too small to divide by. */
  readonly skipped: Uint8Array;
}

/**
 * Factors a symmetric, positive semidefinite matrix in float64, row by row, four rows at a time.
 *
 * A column whose pivot is at most `tolerance` times its own diagonal element depends on the earlier ones: it
 * is skipped, and gets weight 0 in {@link solveCholesky}. A singular matrix thus gives one of its
 * least-squares solutions and never NaN.
 *
 * @param matrix [size, size], row-major; only the lower triangle is read.
 */
export function cholesky(matrix: Float64Array, size: number, tolerance: number): CholeskyFactor {
  const lower = new Float64Array(size * size);
  const pivots = new Float64Array(size);
  const skipped = new Uint8Array(size);
  const inverse = new Float64Array(size);
  for (let block = 0; block < size; block += 4) {
    const rows = Math.min(4, size - block);
    if (rows === 4) eliminateFourRows(matrix, lower, inverse, size, block);
    for (let row = block; row < block + rows; row++) {
      const start = row * size;
      for (let column = rows === 4 ? block : 0; column < row; column++) {
        const rest = matrix[start + column]! - dot(lower, start, column * size, column);
        lower[start + column] = rest * inverse[column]!;
      }
      const diagonal = matrix[start + row]!;
      const pivot = diagonal - dot(lower, start, start, row);
      pivots[row] = pivot;
      if (pivot > tolerance * diagonal) {
        lower[start + row] = Math.sqrt(pivot);
        inverse[row] = 1 / lower[start + row]!;
      } else {
        skipped[row] = 1;
      }
    }
  }
  return { size, lower, pivots, skipped };
}

/**
 * Solves `(L L^T) x = b` for every row of `rightSides`; skipped columns get 0.
 *
 * @param rightSides [count, size], row-major.
 * @returns [count, size]
 */
export function solveCholesky(factor: CholeskyFactor, rightSides: Float64Array): Float64Array {
  const { size, lower, skipped } = factor;
  const solution = rightSides.slice();
  for (let start = 0; start < solution.length; start += size) {
    for (let row = 0; row < size; row++) {
      if (skipped[row]) {
        solution[start + row] = 0;
        continue;
      }
      let rest = solution[start + row]!;
      for (let column = 0; column < row; column++)
        rest -= lower[row * size + column]! * solution[start + column]!;
      solution[start + row] = rest / lower[row * size + row]!;
    }
    for (let row = size - 1; row >= 0; row--) {
      if (skipped[row]) continue;
      const value = solution[start + row]! / lower[row * size + row]!;
      solution[start + row] = value;
      for (let column = 0; column < row; column++)
        solution[start + column]! -= lower[row * size + column]! * value;
    }
    for (let row = 0; row < size; row++) if (skipped[row]) solution[start + row] = 0;
  }
  return solution;
}

function eliminateFourRows(
  matrix: Float64Array,
  lower: Float64Array,
  inverse: Float64Array,
  size: number,
  block: number,
): void {
  const r0 = block * size;
  const r1 = r0 + size;
  const r2 = r1 + size;
  const r3 = r2 + size;
  for (let column = 0; column < block; column++) {
    const c = column * size;
    let s0 = matrix[r0 + column]!;
    let s1 = matrix[r1 + column]!;
    let s2 = matrix[r2 + column]!;
    let s3 = matrix[r3 + column]!;
    for (let k = 0; k < column; k++) {
      const value = lower[c + k]!;
      s0 -= lower[r0 + k]! * value;
      s1 -= lower[r1 + k]! * value;
      s2 -= lower[r2 + k]! * value;
      s3 -= lower[r3 + k]! * value;
    }
    const scale = inverse[column]!;
    lower[r0 + column] = s0 * scale;
    lower[r1 + column] = s1 * scale;
    lower[r2 + column] = s2 * scale;
    lower[r3 + column] = s3 * scale;
  }
}

function dot(values: Float64Array, first: number, second: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += values[first + k]! * values[second + k]!;
  return sum;
}
