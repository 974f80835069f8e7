/**
 * The dense products and factorisations that the solver spends its time in, in float64: what WebAssembly, threads or a
 * native library can do in the place of plain JavaScript.
 *
 * No argument is changed or detached; what is returned is the caller's, and no later call changes it. Calls may
 * overlap. An argument may be a view of a part of a larger buffer, and the same array may be given twice.
 *
 * `checkLinearAlgebra` from `@fuseinit/core/testing` proves an implementation.
 */
export interface LinearAlgebra {
  readonly name: string;
  /**
   * Solves `matrix x = b` for every row b of `rightSides`, by Cholesky: a column of which no more than `tolerance` of
   * its own diagonal is left when its turn comes depends on the earlier ones, is skipped and gets 0.
   *
   * @param matrix [size, size], row-major, symmetric and positive semidefinite; only the lower triangle is read.
   * @param size From 1.
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
   * @param inner From 1.
   * @returns [rows, columns]
   */
  multiplyTransposed(a: Float64Array, b: Float64Array, inner: number): Float64Array | Promise<Float64Array>;
}

/** What solving with a positive semidefinite matrix gave, and what stood in the way. */
export interface PositiveSolution {
  /** [count, size], row-major. */
  readonly solution: Float64Array;
  /** [size]: what was left of each diagonal element when its turn came, the variance not explained by earlier columns. */
  readonly pivots: Float64Array;
  /** [size]: 1 where nothing was left to divide by, else 0. */
  readonly skipped: Uint8Array;
}
