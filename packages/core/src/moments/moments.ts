import { columnCount, type FloatArray, type NdArray, rowCount } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';

/**
 * The means and covariances (divided by the count) of rows of inputs and their targets: all that the solver
 * needs.
 *
 * Moments can be merged over batches and machines ({@link mergeMoments}), so their memory doesn't grow with
 * the samples.
 *
 * Source: docs/math.md, section 1.
 */
export interface Moments {
  /** The number of rows, exact. */
  readonly count: number;
  /** [patchSize] */
  readonly inputMean: NdArray;
  /** [outFeatures] */
  readonly targetMean: NdArray;
  /** [patchSize, patchSize], symmetric. */
  readonly inputCovariance: NdArray;
  /** [outFeatures, patchSize] */
  readonly crossCovariance: NdArray;
  /** [outFeatures, outFeatures], symmetric. */
  readonly targetCovariance: NdArray;
  /**
   * The rounding of the sums: the approximate error of a covariance relative to the standard deviations of
   * its two columns. 2^-24 where products were rounded to float32; absent where everything was summed in
   * float64.
   */
  readonly precision?: number;
}

/** The rounding of float64 sums, relative to the standard deviations of the columns. */
export const doublePrecision = 2 ** -53;
/** The rounding of values and products in float32. */
export const singlePrecision = 2 ** -24;

/** {@link Moments.precision}, or the precision of float64 where it is absent. */
export function precisionOf({ precision = doublePrecision }: Pick<Moments, 'precision'>): number {
  return precision;
}

/** The moments of zero rows. */
export function emptyMoments(patchSize: number, outFeatures: number): Moments {
  const zeros = (...shape: number[]): NdArray => ({
    shape,
    data: new Float64Array(shape.reduce((product, length) => product * length, 1)),
  });
  return {
    count: 0,
    inputMean: zeros(patchSize),
    targetMean: zeros(outFeatures),
    inputCovariance: zeros(patchSize, patchSize),
    crossCovariance: zeros(outFeatures, patchSize),
    targetCovariance: zeros(outFeatures, outFeatures),
  };
}

/** The trace of a square matrix; for a covariance, the total variance. */
export function trace(matrix: NdArray): number {
  const size = matrix.shape[0]!;
  let sum = 0;
  for (let index = 0; index < size; index++) sum += matrix.data[index * size + index]!;
  return sum;
}

/**
 * Rows of inputs and the targets of each row. They may be stored in float32; computations on them are in
 * float64.
 */
export interface CalibrationRows {
  /** [..., patchSize]: all axes but the last are rows. */
  readonly inputs: FloatArray;
  /** [..., outFeatures], as many rows. */
  readonly targets: FloatArray;
  /**
   * The number of consecutive rows that belong to one sample, whose positions are too similar to count as
   * independent in a standard error. Default 1.
   */
  readonly rowsPerSample?: number;
}

/**
 * The moments of one batch, in two passes: the mean is subtracted before the products are taken, so that a
 * large mean costs no precision.
 *
 * @param inputs [..., patchSize], all axes but the last are rows.
 * @param targets [..., outFeatures], as many rows.
 * @throws SHAPE_MISMATCH when the numbers of rows differ.
 */
export function momentsOfRows(inputs: NdArray, targets: NdArray): Moments {
  const count = commonRowCount(inputs, targets);
  const patchSize = columnCount(inputs);
  const outFeatures = columnCount(targets);
  if (count === 0) return emptyMoments(patchSize, outFeatures);
  const inputMean = columnMeans(inputs.data, count, patchSize);
  const targetMean = columnMeans(targets.data, count, outFeatures);
  // Columns are stored as rows, so that products run over contiguous numbers.
  const x = centeredColumns(inputs.data, inputMean, count);
  const z = centeredColumns(targets.data, targetMean, count);
  return {
    count,
    inputMean: { shape: [patchSize], data: inputMean },
    targetMean: { shape: [outFeatures], data: targetMean },
    inputCovariance: { shape: [patchSize, patchSize], data: symmetricProducts(x, patchSize, count) },
    crossCovariance: { shape: [outFeatures, patchSize], data: products(z, outFeatures, x, patchSize, count) },
    targetCovariance: { shape: [outFeatures, outFeatures], data: symmetricProducts(z, outFeatures, count) },
  };
}

function symmetricProducts(columns: Float64Array, size: number, count: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const value = dot(columns, row * count, columns, column * count, count) / count;
      matrix[row * size + column] = value;
      matrix[column * size + row] = value;
    }
  }
  return matrix;
}

function products(
  a: Float64Array,
  rows: number,
  b: Float64Array,
  columns: number,
  count: number,
): Float64Array {
  const matrix = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      matrix[row * columns + column] = dot(a, row * count, b, column * count, count) / count;
    }
  }
  return matrix;
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  let index = 0;
  for (; index + 1 < length; index += 2) {
    even += a[aStart + index]! * b[bStart + index]!;
    odd += a[aStart + index + 1]! * b[bStart + index + 1]!;
  }
  if (index < length) even += a[aStart + index]! * b[bStart + index]!;
  return even + odd;
}

/** @throws SHAPE_MISMATCH when inputs and targets have different numbers of rows. */
export function commonRowCount(inputs: FloatArray, targets: FloatArray): number {
  const count = rowCount(inputs);
  if (rowCount(targets) === count) return count;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Inputs of shape [${inputs.shape}] have ${count} rows, targets of shape [${targets.shape}] have ${rowCount(targets)}.`,
  );
}

/** The mean of each column of rows [count, columns], accurate even where it is large. */
export function columnMeans(rows: FloatArray['data'], count: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) means[column]! += rows[row * columns + column]!;
  }
  const rounded = means.map((sum) => sum / count);
  // A second pass removes the rounding error of a large mean.
  const rest = new Float64Array(columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      rest[column]! += rows[row * columns + column]! - rounded[column]!;
    }
  }
  return rounded.map((mean, column) => mean + rest[column]! / count);
}

/** The columns of rows [count, columns] less their means, as rows [columns, count]. */
export function centeredColumns(rows: FloatArray['data'], means: Float64Array, count: number): Float64Array {
  const columns = means.length;
  const centered = new Float64Array(rows.length);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      centered[column * count + row] = rows[row * columns + column]! - means[column]!;
    }
  }
  return centered;
}

/**
 * The side of the rows that contained NaN, Infinity or a number too large to square; undefined if neither
 * did.
 */
export function notFiniteSide(moments: Moments): 'input' | 'target' | undefined {
  if (!isAllFinite(moments.inputMean, moments.inputCovariance)) return 'input';
  return isAllFinite(moments.targetMean, moments.targetCovariance) ? undefined : 'target';
}

/**
 * Checks means and variances: a value that isn't finite shows in the mean, one whose square overflows in the
 * variance.
 */
function isAllFinite(mean: NdArray, covariance: NdArray): boolean {
  const size = mean.data.length;
  return mean.data.every((value, index) => Number.isFinite(value + covariance.data[index * (size + 1)]!));
}
