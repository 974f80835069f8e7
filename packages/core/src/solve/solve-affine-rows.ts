import { columnCount, rowCount } from '../array/matrix.js';
import type { FloatArray } from '../array/nd-array.js';
import { sumOfSquares } from '../array/sum-of-squares.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import {
  type Computation,
  compute,
  computeWith,
  multiplyTransposed,
  solvePositive,
} from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { commonRowCount } from '../moments/common-row-count.js';
import { doublePrecision } from '../moments/moments.js';
import { biasFor } from './bias-for.js';
import type { CalibrationRows } from './calibration-rows.js';
import type { ChannelCoupling } from './channel-coupling.js';
import { chooseRidge, floorOf, type RidgeChoice } from './choose-ridge.js';
import { type AffineMap, relativeToTargets } from './relative-mse.js';
import { errorOf, type HeldOutError, heldOutErrorOf } from './relative-mse-of-rows.js';
import {
  requireFinite,
  requireHeldOut,
  requireHeldOutRows,
  requirePrior,
  requireRows,
} from './require-solvable.js';
import { type OtherRows, otherRowsOf, type RowSystem, rowSystemOf } from './row-system.js';
import type { AffineSolution } from './solve-affine.js';
import {
  conditionOf,
  type FactorSummary,
  likelyCauses,
  summarizeFactor,
  toleranceOf,
} from './solve-diagnostics.js';

export interface SolveRowsOptions {
  /**
   * Above 0; relative to the variance of an input, as in {@link solveAffine}; or `'auto'`: the best on `heldOut` of the
   * powers of ten from 1e-10 to 1000. Default 1e-6.
   */
  readonly ridge?: number | 'auto';
  /** As in {@link solveAffine}. */
  readonly standardize?: boolean;
  /** As in {@link solveAffine}: what inputs share their units by. */
  readonly inChannels?: number;
  /** `'full'` alone; by default too. */
  readonly channelCoupling?: ChannelCoupling;
  /** Weights to start from: the ridge then pulls towards them instead of towards zero. Default none. */
  readonly prior?: AffineMap;
  /** Rows that are not solved on: needed for ridge `'auto'`, and for the held-out error. */
  readonly heldOut?: CalibrationRows;
}

/**
 * What {@link solveAffine} gives for the moments of these rows, from their products with each other: a system of count
 * by count instead of patchSize by patchSize, for rows that are fewer than the inputs.
 *
 * `kernel = X^T (X X^T + count ridge I)^-1 Z` on centred rows whose channels are scaled to a variance of 1; the rows needn't come so. Of the
 * diagnostics, `rank` is an upper bound and `dependentInputs` is empty.
 *
 * Source: docs/math.md, section 7.
 *
 * @param rows inputs [..., patchSize], targets [..., outFeatures]
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws VALUE_NOT_FINITE when the rows or the prior hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the prior's kernel is not [patchSize, outFeatures], or
 *   `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge that isn't above 0, `'auto'` without `heldOut`, or channelCoupling
 *   `'independent'`.
 */
export function solveAffineRows(
  inputs: FloatArray,
  targets: FloatArray,
  options: SolveRowsOptions = {},
): AffineSolution {
  return compute(rowsSolution({ inputs, targets }, options));
}

/**
 * {@link solveAffineRows} with its factorisations and products by the linear algebra given: the same options, errors
 * and diagnostics, and the same solution up to rounding. The rows are not changed.
 *
 * Source: docs/math.md, section 7.
 *
 * @param rows inputs [..., patchSize], targets [..., outFeatures]
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws VALUE_NOT_FINITE when the rows or the prior hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the prior's kernel is not [patchSize, outFeatures], or
 *   `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge that isn't above 0, `'auto'` without `heldOut`, or channelCoupling
 *   `'independent'`.
 */
export async function solveAffineRowsWith(
  linearAlgebra: LinearAlgebra,
  inputs: FloatArray,
  targets: FloatArray,
  options: SolveRowsOptions = {},
): Promise<AffineSolution> {
  return computeWith(linearAlgebra, rowsSolution({ inputs, targets }, options));
}

function* rowsSolution(rows: CalibrationRows, options: SolveRowsOptions): Computation<AffineSolution> {
  const { ridge = 1e-6, heldOut, prior } = options;
  requireSolvable(rows, options);
  const system = yield* rowSystemOf(rows, options);
  const compared = heldOut && rowCount(heldOut.inputs) > 0 ? heldOut : undefined;
  const others = compared && (yield* otherRowsOf(compared, system, prior));
  if (ridge !== 'auto') {
    const attempt = yield* solveWithRidge(system, ridge);
    const error = others && (yield* heldOutError(others, attempt));
    return yield* complete(system, { ...attempt, ...error }, { candidates: [], edge: null }, prior);
  }
  const { best, ...choice } = yield* chooseRidge(
    floorOf(toleranceOf(system.count, doublePrecision)),
    function* (value) {
      const attempt = yield* solveWithRidge(system, value);
      return { ...attempt, ...(yield* heldOutError(others!, attempt)), holdsWithoutRidge: false };
    },
  );
  return yield* complete(system, best, choice, prior);
}

interface Attempt {
  readonly ridge: number;
  /** [outFeatures, count]: the share of each row in the kernel. */
  readonly shares: Float64Array;
  readonly summary: FactorSummary;
}

function* solveWithRidge(system: RowSystem, ridge: number): Computation<Attempt> {
  const { count, products, diagonal, residual } = system;
  const added = ridge * count;
  const tolerance = toleranceOf(count, doublePrecision);
  setDiagonal(products, diagonal, added);
  const solved = yield* solvePositive(products, count, residual, tolerance);
  const rows = Array.from({ length: count }, (_, row) => row);
  const everywhere = (value: number) => new Float64Array(count).fill(value);
  return {
    ridge,
    shares: solved.solution,
    summary: summarizeFactor(solved, diagonal, everywhere(added), everywhere(1), tolerance, rows),
  };
}

function* heldOutError(others: OtherRows, { shares }: Attempt): Computation<HeldOutError> {
  const { count, rowsPerSample, products, residual, targets } = others;
  // [outFeatures, count], as the residual.
  const explained = yield* multiplyTransposed(shares, products, products.length / count);
  const errors = new Float64Array(count / rowsPerSample);
  for (let index = 0; index < residual.length; index++) {
    errors[Math.floor((index % count) / rowsPerSample)]! +=
      (residual[index]! - explained[index]!) ** 2 / rowsPerSample;
  }
  return heldOutErrorOf(errorOf(errors, targets));
}

function* complete(
  system: RowSystem,
  { ridge, shares, summary, heldOutRelativeMse, heldOutStandardError }: Attempt & Partial<HeldOutError>,
  { candidates, edge }: Pick<RidgeChoice<unknown>, 'candidates' | 'edge'>,
  prior: AffineMap | undefined,
): Computation<AffineSolution> {
  const { count, inputMean, targetMean, products, diagonal, residual, deadInputs } = system;
  const patchSize = inputMean.length;
  setDiagonal(products, diagonal, 0);
  const explained = yield* multiplyTransposed(shares, products, count);
  const kernel = yield* kernelOf(system, shares, prior);
  // Centred rows add up to zero, so that the last follows from the others and tells nothing of its own.
  const repeatedRows = summary.dependent.filter((row) => row < count - 1).length;
  return {
    kernel: { shape: [patchSize, targetMean.length], data: kernel },
    bias: biasFor(kernel, inputMean, targetMean),
    relativeMse: relativeToTargets(
      sumOfSquares(residual, explained) / count,
      system.targetVariance,
      targetMean,
    ),
    ...(heldOutRelativeMse !== undefined && { heldOutRelativeMse }),
    ...(heldOutStandardError !== undefined && { heldOutStandardError }),
    diagnostics: {
      count,
      patchSize,
      ridge,
      ridgeCandidates: candidates,
      ridgeEdge: edge,
      rounding: doublePrecision,
      rank: Math.min(patchSize - deadInputs.length, count - 1 - repeatedRows),
      deadInputs,
      dependentInputs: [],
      causes: likelyCauses(count, patchSize, deadInputs, []),
      conditionEstimate: conditionOf([summary]),
    },
  };
}

/** Columns of inputs that are copied at once: enough for a product, and little beside the rows. */
const columnsAtOnce = 1024;

/** `prior + X^T shares^T` [patchSize, outFeatures]. */
function* kernelOf(
  { inputs, count, inputMean, targetMean, scales }: RowSystem,
  shares: Float64Array,
  prior: AffineMap | undefined,
): Computation<Float64Array> {
  const patchSize = inputMean.length;
  const kernel = new Float64Array(patchSize * targetMean.length);
  for (let start = 0; start < patchSize; start += columnsAtOnce) {
    const columns = columnsFrom(inputs, patchSize, start, Math.min(patchSize, start + columnsAtOnce));
    kernel.set(yield* multiplyTransposed(columns, shares, count), start * targetMean.length);
  }
  for (let index = 0; index < kernel.length; index++)
    kernel[index]! *= scales[Math.floor(index / targetMean.length)]!;
  return prior ? kernel.map((value, index) => value + prior.kernel.data[index]!) : kernel;
}

/** The columns of rows [count, width], `start` to below `end`, as rows [end - start, count]. */
function columnsFrom(rows: Float64Array, width: number, start: number, end: number): Float64Array {
  const count = rows.length / width;
  const columns = new Float64Array((end - start) * count);
  for (let row = 0; row < count; row++) {
    for (let column = start; column < end; column++) {
      columns[(column - start) * count + row] = rows[row * width + column]!;
    }
  }
  return columns;
}

function setDiagonal(matrix: Float64Array, diagonal: Float64Array, added: number): void {
  const size = diagonal.length;
  for (let index = 0; index < size; index++) matrix[index * (size + 1)] = diagonal[index]! + added;
}

function requireSolvable({ inputs, targets }: CalibrationRows, options: SolveRowsOptions): void {
  const { ridge = 1e-6, channelCoupling = 'full', heldOut, prior } = options;
  const sizes = [columnCount(inputs), columnCount(targets)] as const;
  requireRows(commonRowCount(inputs, targets));
  requirePrior(prior, ...sizes);
  requireFinite('the rows', { inputs, targets });
  if (heldOut) requireHeldOutRows(heldOut, sizes);
  if (channelCoupling !== 'full') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling is ${JSON.stringify(channelCoupling)}: products of rows mix all inputs, so only 'full' can be solved by rows. Take solveAffine on their moments.`,
    );
  }
  if (ridge === 'auto') requireHeldOut(heldOut && rowCount(heldOut.inputs));
  else if (!(ridge > 0) || !Number.isFinite(ridge)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `ridge is ${ridge}: a number above 0, relative to the variance of an input, or 'auto' was expected. Take solveAffine on their moments for a ridge of 0.`,
    );
  }
}
