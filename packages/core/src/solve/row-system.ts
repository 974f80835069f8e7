import { columnCount, rowCount } from '../array/matrix.js';
import type { FloatArray } from '../array/nd-array.js';
import { sumOfSquares } from '../array/sum-of-squares.js';
import { transpose } from '../array/transpose.js';
import { type Computation, multiplyTransposed } from '../linear-algebra/computation.js';
import { centeredColumns, columnMeans } from '../moments/centered-columns.js';
import { doublePrecision, singlePrecision } from '../moments/moments.js';
import type { CalibrationRows } from './calibration-rows.js';
import { deadInputsOf } from './dead-inputs.js';
import type { AffineMap } from './relative-mse.js';
import { ridgeScales } from './ridge-scales.js';

/** Rows that are solved on, and the products of their inputs with each other. */
export interface RowSystem {
  readonly count: number;
  /** [patchSize] */
  readonly inputMean: Float64Array;
  /** [outFeatures] */
  readonly targetMean: Float64Array;
  /** [count, patchSize], centred and scaled; 0 where an input never varies. */
  readonly inputs: Float64Array;
  /** [patchSize]: what inputs were multiplied by. */
  readonly scales: Float64Array;
  readonly deadInputs: readonly number[];
  /** [count, count]: products of rows of inputs with each other; each ridge sets the diagonal anew. */
  readonly products: Float64Array;
  /** [count], without ridge. */
  readonly diagonal: Float64Array;
  /** [outFeatures, count]: what the prior leaves of the centred targets. */
  readonly residual: Float64Array;
  /** Summed over the targets. */
  readonly targetVariance: number;
}

/** Inputs are divided by the roots of what the ridge is relative to, so that it is the same for all. */
export function* rowSystemOf(
  rows: CalibrationRows,
  {
    prior,
    inChannels,
    standardize = true,
  }: {
    readonly prior?: AffineMap | undefined;
    readonly inChannels?: number | undefined;
    readonly standardize?: boolean | undefined;
  },
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
  const residual = yield* leftBy(prior, inputs, targets, patchSize);
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

/** Rows that are not solved on, and the products of their inputs with those of rows that are. */
export interface OtherRows {
  readonly count: number;
  /** So many rows in a row are of one sample. */
  readonly rowsPerSample: number;
  /** [count, solved]: products of these rows of inputs with those that are solved on. */
  readonly products: Float64Array;
  /** [outFeatures, count]: what the prior leaves of the targets, both less the means of the rows solved on. */
  readonly residual: Float64Array;
  /** As they came. */
  readonly targets: FloatArray;
}

export function* otherRowsOf(
  { inputs, targets, rowsPerSample = 1 }: CalibrationRows,
  system: RowSystem,
  prior: AffineMap | undefined,
): Computation<OtherRows> {
  const patchSize = system.inputMean.length;
  const count = rowCount(inputs);
  const centered = lessMeans(inputs.data, system.inputMean);
  const shifted = centeredColumns(targets.data, system.targetMean, count);
  const residual = yield* leftBy(prior, centered, shifted, patchSize);
  scaleColumns(centered, system.scales);
  return {
    count,
    rowsPerSample,
    products: yield* multiplyTransposed(centered, system.inputs, patchSize),
    residual,
    targets,
  };
}

/** What a prior leaves of targets [outFeatures, count] on rows of inputs [count, patchSize], both centred. */
function* leftBy(
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
