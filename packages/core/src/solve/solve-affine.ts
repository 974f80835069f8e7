import { type Computation, compute, computeWith } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import type { CalibrationRows, Moments } from '../moments/moments.js';
import { isRows } from './affine-error.js';
import {
  type AffineSolution,
  type HeldOutError,
  type RidgeSolution,
  requireSolvable,
  type SolveOptions,
} from './least-squares.js';
import { chooseRidge, defaultRidge } from './ridge.js';
import { momentsProblem } from './solve-moments.js';
import { rowsProblem } from './solve-rows.js';

/**
 * The affine map `z = p kernel + bias` of least mean square error: `kernel^T = C_zp (C_pp + ridge V)^-1`,
 * `bias = mean(z) - mean(p) kernel`, with V the variances of the input channels.
 *
 * The data are moments or rows; the result is the same up to rounding. Moments give a system of patchSize by
 * patchSize, rows one of count by count, which is smaller where there are fewer rows than inputs.
 *
 * The system is solved in float64, by Cholesky factorisation. Inputs that never vary get weight 0, or keep
 * the prior's weight. A covariance without full rank gives a finite least-squares solution, reported in
 * `diagnostics`. With a `prior`, the part of the targets that it doesn't explain is solved for and added to
 * it. The data are not changed.
 *
 * Source: docs/math.md, section 1, equations 1 to 4, and section 7 for rows.
 *
 * @param data Moments; or rows, inputs [..., patchSize] and targets [..., outFeatures].
 * @param linearAlgebra The implementation that factors and multiplies; with it the result is a promise.
 *   Default: plain JavaScript, synchronously.
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws VALUE_NOT_FINITE when the data, the prior or `heldOut` hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the prior's kernel is not [patchSize,
 *   outFeatures], or `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge below 0, `'auto'` without `heldOut`, `'independent'` without
 *   `inChannels`; for rows also at ridge 0, or `'independent'`.
 * @throws PRECISION_TOO_LOW for inconsistent moments, by which more than the whole variance of the targets is
 *   explained.
 */
export function solveAffine(data: Moments | CalibrationRows, options?: SolveOptions): AffineSolution;
export function solveAffine(
  data: Moments | CalibrationRows,
  options: SolveOptions,
  linearAlgebra: LinearAlgebra,
): Promise<AffineSolution>;
export function solveAffine(
  data: Moments | CalibrationRows,
  options: SolveOptions = {},
  linearAlgebra?: LinearAlgebra,
): AffineSolution | Promise<AffineSolution> {
  const solution = affineSolution(data, options);
  return linearAlgebra ? computeWith(linearAlgebra, solution) : compute(solution);
}

function* affineSolution(
  data: Moments | CalibrationRows,
  options: SolveOptions,
): Computation<AffineSolution> {
  const { ridge = defaultRidge } = options;
  requireSolvable(data, options);
  const problem = isRows(data) ? yield* rowsProblem(data, options) : yield* momentsProblem(data, options);
  // 'auto' was refused without held-out data: every solution has an error on them.
  const compared = (value: number) => problem.solve(value) as Computation<RidgeSolution & HeldOutError>;
  const { best, candidates, edge } =
    ridge === 'auto'
      ? yield* chooseRidge(problem.ridgeFloor, compared)
      : { best: yield* problem.solve(ridge), candidates: [], edge: null };
  const { heldOutRelativeMse, heldOutStandardError } = best;
  const { diagnostics, ...solved } = yield* best.complete();
  return {
    ...solved,
    ...(heldOutRelativeMse !== undefined && { heldOutRelativeMse }),
    ...(heldOutStandardError !== undefined && { heldOutStandardError }),
    diagnostics: { ...diagnostics, ridge: best.ridge, ridgeCandidates: candidates, ridgeEdge: edge },
  };
}
