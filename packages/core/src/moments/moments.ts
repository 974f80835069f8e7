import type { NdArray } from '../array/nd-array.js';

/**
 * Means and covariances of rows of inputs and their targets, divided by the count: all that the solver needs.
 *
 * Moments add up over batches and machines ({@link mergeMoments}), so their memory doesn't grow with the samples.
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
   * Rounding of the sums: about how far a covariance may be off, relative to the deviations of its two columns. 2^-24
   * where products were rounded to float32. Absent where all was summed in float64.
   */
  readonly precision?: number;
}

/** Rounding of sums in float64, relative to the deviations of the columns. */
export const doublePrecision = 2 ** -53;
/** Rounding of values and of products in float32. */
export const singlePrecision = 2 ** -24;

/** {@link Moments.precision}, or that of float64. */
export function precisionOf({ precision = doublePrecision }: Pick<Moments, 'precision'>): number {
  return precision;
}

/** Moments of no rows. */
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

/** The sum of a square matrix' diagonal: of a covariance, the total variance. */
export function trace(matrix: NdArray): number {
  const size = matrix.shape[0]!;
  let sum = 0;
  for (let index = 0; index < size; index++) sum += matrix.data[index * size + index]!;
  return sum;
}
