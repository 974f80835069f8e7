import { columnCount, type FloatArray, rowCount, sumOfSquares, transpose } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Computation, multiplyTransposed, solvePositive } from '../linear-algebra/computation.js';
import {
  type CalibrationRows,
  centeredColumns,
  columnMeans,
  doublePrecision,
  singlePrecision,
} from '../moments/moments.js';
import { type AffineMap, errorOfSamples, isRows, measureMoments, relativeToTargets } from './affine-error.js';
import {
  biasFor,
  type CompletedSolution,
  type HeldOutError,
  heldOutErrorOf,
  heldOutOf,
  type LeastSquares,
  type SolveOptions,
} from './least-squares.js';
import { floorOf, ridgeScales } from './ridge.js';
import {
  conditionOf,
  deadInputsOf,
  type FactorSummary,
  leastRidgeOf,
  likelyCauses,
  raisedToleranceOf,
  summarizeFactor,
  toleranceOf,
} from './solve-diagnostics.js';

/**
 * Least squares from the Gram matrix of rows: a system of count by count, for fewer rows than inputs.
 *
 * `kernel = X^T (X X^T + count ridge I)^-1 Z` on centred rows, which this function scales so that each
 * channel has a variance of 1. In the diagnostics, `rank` is an upper bound and `dependentInputs` is empty.
 *
 * Source: docs/math.md, section 7.
 *
 * @throws ARGUMENT_INVALID for channelCoupling `'independent'`.
 */
export function* rowsProblem(rows: CalibrationRows, options: SolveOptions): Computation<LeastSquares> {
  const { channelCoupling = 'full', prior } = options;
  if (channelCoupling !== 'full') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling is ${JSON.stringify(channelCoupling)}: products of rows mix all inputs, so only 'full' can be solved by rows. Give the moments of the rows instead.`,
    );
  }
  const system = yield* rowSystemOf(rows, options);
  const heldOut = heldOutOf(options);
  const compared = heldOut && isRows(heldOut) ? yield* comparedRowsOf(heldOut, system, prior) : undefined;
  function* heldOutError(shares: Float64Array): Computation<HeldOutError | undefined> {
    if (!heldOut) return undefined;
    if (compared) return yield* errorOfShares(compared, shares);
    if (isRows(heldOut)) return undefined;
    return heldOutErrorOf(yield* measureMoments(heldOut, yield* mapOf(system, shares, prior)));
  }
  return {
    ridgeFloor: floorOf(toleranceOf(system.count, doublePrecision)),
    *solve(ridge) {
      const solved = yield* sharesAboveRounding(system, ridge);
      const { shares } = solved;
      return {
        ridge,
        holdsWithoutRidge: false,
        ...(yield* heldOutError(shares)),
        complete: () => completed(system, solved, prior),
      };
    },
  };
}

/**
 * The coefficients [outFeatures, count] of the rows in the kernel for one ridge, and a summary of the
 * factorisation.
 */
interface SolvedRows {
  readonly shares: Float64Array;
  readonly summary: FactorSummary;
}

/** The solved rows, and the ridge if it was raised, else null. */
interface RaisedRows extends SolvedRows {
  readonly raisedRidge: number | null;
}

/**
 * The solution for one ridge, which is raised to at least the rounding of the products where rows depend on
 * others, as for moments.
 */
function* sharesAboveRounding(system: RowSystem, ridge: number): Computation<RaisedRows> {
  const { count, diagonal } = system;
  const solved = yield* sharesUnder(system, ridge, toleranceOf(count, doublePrecision));
  const raisedRidge = (leastRidgeOf(count, doublePrecision) * Math.max(...diagonal)) / count;
  if (ridge >= raisedRidge || solved.summary.dependent.length === 0) return { ...solved, raisedRidge: null };
  const { shares, summary } = yield* sharesUnder(system, raisedRidge, raisedToleranceOf(count));
  return { shares, summary: { ...summary, dependent: solved.summary.dependent }, raisedRidge };
}

function* sharesUnder(system: RowSystem, ridge: number, tolerance: number): Computation<SolvedRows> {
  const { count, products, diagonal, residual } = system;
  const added = ridge * count;
  setDiagonal(products, diagonal, added);
  const solved = yield* solvePositive(products, count, residual, tolerance);
  const rows = Array.from({ length: count }, (_, row) => row);
  const repeated = (value: number) => new Float64Array(count).fill(value);
  return {
    shares: solved.solution,
    summary: summarizeFactor(solved, diagonal, repeated(added), repeated(1), tolerance, rows),
  };
}

/** The held-out error of a kernel given by its coefficients, without computing the kernel. */
function* errorOfShares(compared: ComparedRows, shares: Float64Array): Computation<HeldOutError> {
  const { count, rowsPerSample, products, residual, targets } = compared;
  // [outFeatures, count], like the residual.
  const explained = yield* multiplyTransposed(shares, products, products.length / count);
  const errors = new Float64Array(count / rowsPerSample);
  for (let index = 0; index < residual.length; index++) {
    errors[Math.floor((index % count) / rowsPerSample)]! +=
      (residual[index]! - explained[index]!) ** 2 / rowsPerSample;
  }
  return heldOutErrorOf(errorOfSamples(errors, targets));
}

function* completed(
  system: RowSystem,
  { shares, summary, raisedRidge }: RaisedRows,
  prior: AffineMap | undefined,
): Computation<CompletedSolution> {
  const { count, inputMean, targetMean, products, diagonal, residual, deadInputs } = system;
  const patchSize = inputMean.length;
  setDiagonal(products, diagonal, 0);
  const explained = yield* multiplyTransposed(shares, products, count);
  const map = yield* mapOf(system, shares, prior);
  // Centred rows sum to zero, so the last one always depends on the others.
  const repeatedRows = summary.dependent.filter((row) => row < count - 1).length;
  return {
    ...map,
    relativeMse: relativeToTargets(
      sumOfSquares(residual, explained) / count,
      system.targetVariance,
      targetMean,
    ),
    diagnostics: {
      count,
      patchSize,
      raisedRidge,
      rounding: doublePrecision,
      rank: Math.min(patchSize - deadInputs.length, count - 1 - repeatedRows),
      deadInputs,
      dependentInputs: [],
      causes: likelyCauses(count, patchSize, deadInputs, []),
      conditionEstimate: conditionOf([summary]),
    },
  };
}

/**
 * The number of input columns copied at a time: enough for an efficient product, and little memory compared
 * with the rows.
 */
const columnsAtOnce = 1024;

/** The map with kernel `prior + X^T shares^T`. */
function* mapOf(
  { inputs, count, inputMean, targetMean, scales }: RowSystem,
  shares: Float64Array,
  prior: AffineMap | undefined,
): Computation<AffineMap> {
  const patchSize = inputMean.length;
  const outFeatures = targetMean.length;
  const kernel = new Float64Array(patchSize * outFeatures);
  for (let start = 0; start < patchSize; start += columnsAtOnce) {
    const columns = columnsFrom(inputs, patchSize, start, Math.min(patchSize, start + columnsAtOnce));
    kernel.set(yield* multiplyTransposed(columns, shares, count), start * outFeatures);
  }
  for (let index = 0; index < kernel.length; index++) {
    kernel[index]! *= scales[Math.floor(index / outFeatures)]!;
    if (prior) kernel[index]! += prior.kernel.data[index]!;
  }
  return {
    kernel: { shape: [patchSize, outFeatures], data: kernel },
    bias: biasFor(kernel, inputMean, targetMean),
  };
}

/** Columns `start` (inclusive) to `end` (exclusive) of rows [count, width], as rows [end - start, count]. */
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

/** The rows that are solved on, and the products of their inputs with each other. */
interface RowSystem {
  readonly count: number;
  /** [patchSize] */
  readonly inputMean: Float64Array;
  /** [outFeatures] */
  readonly targetMean: Float64Array;
  /** [count, patchSize], centred and scaled; 0 where an input never varies. */
  readonly inputs: Float64Array;
  /** [patchSize]: the factors that the inputs were multiplied by. */
  readonly scales: Float64Array;
  readonly deadInputs: readonly number[];
  /**
   * [count, count]: the products of the rows of inputs with each other; the diagonal is set again for each
   * ridge.
   */
  readonly products: Float64Array;
  /** [count]: the diagonal without ridge. */
  readonly diagonal: Float64Array;
  /** [outFeatures, count]: the centred targets minus the prior's prediction. */
  readonly residual: Float64Array;
  /** The variance of the targets, summed over them. */
  readonly targetVariance: number;
}

/**
 * Sets up the system. Inputs are divided by the square root of the variance that the ridge is relative to, so
 * that the same ridge applies to all inputs.
 */
function* rowSystemOf(
  rows: CalibrationRows,
  { prior, inChannels, standardize = true }: SolveOptions,
): Computation<RowSystem> {
  const patchSize = columnCount(rows.inputs);
  const count = rowCount(rows.inputs);
  const inputMean = columnMeans(rows.inputs.data, count, patchSize);
  const targetMean = columnMeans(rows.targets.data, count, columnCount(rows.targets));
  const inputs = lessMeans(rows.inputs.data, inputMean);
  const variances = variancesOf(inputs, patchSize);
  const precision = rows.inputs.data instanceof Float32Array ? singlePrecision : doublePrecision;
  const deadInputs = deadInputsOf(variances, inputMean, precision);
  const scales = ridgeScales(variances, inChannels, standardize).map((scale) => 1 / Math.sqrt(scale));
  for (const input of deadInputs) {
    scales[input] = 1;
    for (let index = input; index < inputs.length; index += patchSize) inputs[index] = 0;
  }
  const targets = centeredColumns(rows.targets.data, targetMean, count);
  const residual = yield* residualOf(prior, inputs, targets, patchSize);
  scaleColumns(inputs, scales);
  const products = yield* multiplyTransposed(inputs, inputs, patchSize);
  const diagonal = Float64Array.from({ length: count }, (_, row) => products[row * (count + 1)]!);
  return {
    count,
    inputMean,
    targetMean,
    inputs,
    scales,
    deadInputs,
    products,
    diagonal,
    residual,
    targetVariance: sumOfSquares(targets) / count,
  };
}

/** Held-out rows, and the products of their inputs with those of the rows that are solved on. */
interface ComparedRows {
  readonly count: number;
  /** The number of consecutive rows that belong to one sample. */
  readonly rowsPerSample: number;
  /** [count, solved]: the products of these rows of inputs with those that are solved on. */
  readonly products: Float64Array;
  /**
   * [outFeatures, count]: the targets minus the prior's prediction, both centred by the means of the rows
   * that are solved on.
   */
  readonly residual: Float64Array;
  /** The original targets. */
  readonly targets: FloatArray;
}

function* comparedRowsOf(
  { inputs, targets, rowsPerSample = 1 }: CalibrationRows,
  system: RowSystem,
  prior: AffineMap | undefined,
): Computation<ComparedRows> {
  const patchSize = system.inputMean.length;
  const count = rowCount(inputs);
  const centered = lessMeans(inputs.data, system.inputMean);
  const shifted = centeredColumns(targets.data, system.targetMean, count);
  const residual = yield* residualOf(prior, centered, shifted, patchSize);
  scaleColumns(centered, system.scales);
  return {
    count,
    rowsPerSample,
    products: yield* multiplyTransposed(centered, system.inputs, patchSize),
    residual,
    targets,
  };
}

/**
 * The centred targets [outFeatures, count] minus a prior's prediction from centred rows of inputs [count,
 * patchSize].
 */
function* residualOf(
  prior: AffineMap | undefined,
  inputs: Float64Array,
  targets: Float64Array,
  patchSize: number,
): Computation<Float64Array> {
  if (!prior) return targets;
  const count = inputs.length / patchSize;
  const weights = transpose(prior.kernel.data, patchSize, targets.length / count);
  const explained = yield* multiplyTransposed(weights, inputs, patchSize);
  return targets.map((value, index) => value - explained[index]!);
}

function lessMeans(rows: FloatArray['data'], means: Float64Array): Float64Array {
  const columns = means.length;
  const centered = new Float64Array(rows.length);
  for (let start = 0; start < rows.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      centered[start + column] = rows[start + column]! - means[column]!;
    }
  }
  return centered;
}

function scaleColumns(rows: Float64Array, scales: Float64Array): void {
  const columns = scales.length;
  for (let start = 0; start < rows.length; start += columns) {
    for (let column = 0; column < columns; column++) rows[start + column]! *= scales[column]!;
  }
}

function variancesOf(centered: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let start = 0; start < centered.length; start += columns) {
    for (let column = 0; column < columns; column++) sums[column]! += centered[start + column]! ** 2;
  }
  return sums.map((sum) => (sum * columns) / centered.length);
}
