import { columnCount, type FloatArray, type NdArray, transpose } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Computation, compute, computeWith, multiplyTransposed } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import {
  type CalibrationRows,
  columnMeans,
  commonRowCount,
  type Moments,
  precisionOf,
  trace,
} from '../moments/moments.js';

/** An affine map: `z = p kernel + bias`. */
export interface AffineMap {
  /** [patchSize, outFeatures] */
  readonly kernel: NdArray;
  /** [outFeatures] */
  readonly bias: NdArray;
}

/** The error of a map, computed from moments. */
export interface MomentsError {
  /** The mean square error divided by the variance of the targets, never below `rounding`. */
  readonly relativeMse: number;
  /** The error in `relativeMse` that the rounding of the moments may have caused. */
  readonly rounding: number;
}

/** The error of a map, computed from rows, and its uncertainty. */
export interface RowsError {
  /** The mean square error divided by the variance of the targets. */
  readonly relativeMse: number;
  /** The standard error of `relativeMse` over the samples; absent for a single sample. */
  readonly standardError?: number;
}

/** The error of a map, computed from rows, with the error of each sample. */
export interface MeasuredRows extends RowsError {
  /**
   * [samples], in order: each sample's squared error, summed over the targets and averaged over the sample's
   * rows. The errors of two maps on the same rows can be compared sample by sample.
   */
  readonly sampleErrors: Float64Array;
}

/** The result of {@link measureAffine} for moments or for rows. */
export type AffineError<Data extends Moments | CalibrationRows> = Data extends Moments
  ? MomentsError
  : MeasuredRows;

/**
 * The mean square error of an affine map over the variance of the targets: 0 is exact, 1 is no better than
 * predicting the mean. For data that the map wasn't solved on, this is its held-out error.
 *
 * From moments, the error is a difference of numbers that are large where the weights are large; an error
 * smaller than the rounding of the moments is reported as that rounding. From rows, it is accurate to float64
 * precision, and has a standard error.
 *
 * Constant targets have no variance to divide by: the error is then 0 where the map gives that constant, else
 * the mean square error over the square of the constant.
 *
 * Source: docs/math.md, sections 1 (equation 4) and 7.
 *
 * @param map kernel [patchSize, outFeatures], bias [outFeatures]
 * @param linearAlgebra The implementation that computes the products; with it the result is a promise.
 *   Default: plain JavaScript, synchronously.
 * @throws PRECISION_TOO_LOW when, according to the moments, the map explains more than the whole variance of
 *   the targets.
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the kernel is not [patchSize, outFeatures],
 *   or `rowsPerSample` doesn't divide the rows.
 */
export function measureAffine<Data extends Moments | CalibrationRows>(
  data: Data,
  map: AffineMap,
): AffineError<Data>;
export function measureAffine<Data extends Moments | CalibrationRows>(
  data: Data,
  map: AffineMap,
  linearAlgebra: LinearAlgebra,
): Promise<AffineError<Data>>;
export function measureAffine(
  data: Moments | CalibrationRows,
  map: AffineMap,
  linearAlgebra?: LinearAlgebra,
): MomentsError | MeasuredRows | Promise<MomentsError | MeasuredRows> {
  const measured: Computation<MomentsError | MeasuredRows> = isRows(data)
    ? measureRows(data, map)
    : measureMoments(data, map);
  return linearAlgebra ? computeWith(linearAlgebra, measured) : compute(measured);
}

/** Whether data are rows rather than moments. */
export function isRows(data: Moments | CalibrationRows): data is CalibrationRows {
  return 'inputs' in data;
}

/**
 * The relative mean square error over samples, from the error of each.
 *
 * @param sampleErrors [samples]: errors, or differences of the errors of two maps.
 * @param targets [..., outFeatures], the targets of all rows of the samples.
 */
export function errorOfSamples(sampleErrors: Float64Array, targets: FloatArray): RowsError {
  const { mean, standardError } = meanOfSamples(sampleErrors);
  const outFeatures = columnCount(targets);
  const count = targets.data.length / outFeatures;
  const targetMean = columnMeans(targets.data, count, outFeatures);
  let variance = 0;
  for (let index = 0; index < targets.data.length; index++)
    variance += (targets.data[index]! - targetMean[index % outFeatures]!) ** 2 / count;
  const relative = (error: number) => relativeToTargets(error, variance, targetMean);
  return {
    relativeMse: relative(mean),
    ...(standardError !== undefined && { standardError: relative(standardError) }),
  };
}

/** The mean of a per-sample value, and its standard error, which is absent for a single sample. */
export function meanOfSamples(values: Float64Array): { mean: number; standardError?: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * Divides a mean square error by the variance of the targets, or by the square of their mean where they never
 * vary.
 */
export function relativeToTargets(
  meanSquareError: number,
  variance: number,
  targetMean: Float64Array,
): number {
  if (meanSquareError === 0) return 0;
  const square = targetMean.reduce((sum, value) => sum + value * value, 0);
  return meanSquareError / (variance > 0 ? variance : square || 1);
}

/**
 * The multiple of the estimated rounding beyond which a negative error can't be rounding. Rounding is
 * estimated, not bounded.
 */
const farBeyondRounding = 1000;

/** {@link measureAffine} for moments, as a computation. */
export function* measureMoments(moments: Moments, map: AffineMap): Computation<MomentsError> {
  const { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance } = moments;
  const patchSize = inputMean.data.length;
  const outFeatures = targetMean.data.length;
  // [outFeatures, patchSize], as crossCovariance is.
  const weights = transpose(map.kernel.data, patchSize, outFeatures);
  // The covariance is its own transpose.
  const product =
    patchSize > 0 ? yield* multiplyTransposed(weights, inputCovariance.data, patchSize) : weights;
  let explained = 0;
  let offset = 0;
  for (let feature = 0; feature < outFeatures; feature++) {
    let predictedMean = map.bias.data[feature]!;
    for (let input = 0; input < patchSize; input++) {
      const index = feature * patchSize + input;
      const weight = weights[index]!;
      predictedMean += weight * inputMean.data[input]!;
      explained += weight * (2 * crossCovariance.data[index]! - product[index]!);
    }
    offset += (targetMean.data[feature]! - predictedMean) ** 2;
  }
  const variance = trace(targetCovariance);
  const rounding = squareRoundingOf(moments, map);
  const unexplained = variance - explained;
  if (unexplained < -farBeyondRounding * rounding) {
    throw new FuseInitError(
      'PRECISION_TOO_LOW',
      `By these moments the map explains ${explained / variance} times the variance of the targets, where at most all of it was expected: they aren't moments of any rows, but for rounding. Sum them in a higher precision, or take a larger ridge.`,
    );
  }
  return {
    relativeMse: relativeToTargets(Math.max(rounding, unexplained) + offset, variance, targetMean.data),
    rounding: relativeToTargets(rounding, variance, targetMean.data),
  };
}

/**
 * The uncertainty of a map's mean square error due to the rounding of the moments, in squared units of the
 * targets.
 *
 * Source: docs/math.md, section 1.
 */
export function squareRoundingOf(moments: Moments, { kernel }: AffineMap): number {
  const { inputCovariance, targetCovariance } = moments;
  const [patchSize, outFeatures] = kernel.shape as [number, number];
  const squares = new Float64Array(outFeatures);
  for (let index = 0; index < kernel.data.length; index++) {
    const input = Math.floor(index / outFeatures);
    const variance = inputCovariance.data[input * (patchSize + 1)]!;
    squares[index % outFeatures]! += kernel.data[index]! ** 2 * variance;
  }
  const terms = squares.reduce((sum, square, feature) => {
    const deviation = Math.sqrt(Math.max(0, targetCovariance.data[feature * (outFeatures + 1)]!));
    return sum + (Math.sqrt(Math.max(0, square)) + deviation) ** 2;
  }, 0);
  return precisionOf(moments) * terms;
}

/** The number of inputs that are converted to float64 and multiplied at a time: 8 MiB. */
const inputsAtOnce = 2 ** 20;

/** {@link measureAffine} for rows, as a computation. */
export function* measureRows(rows: CalibrationRows, map: AffineMap): Computation<MeasuredRows> {
  const { inputs, targets, rowsPerSample = 1 } = rows;
  const { kernel, bias } = map;
  const count = commonRowCount(inputs, targets);
  const [patchSize, outFeatures] = [columnCount(inputs), columnCount(targets)];
  requireRows(count);
  requireKernel(map, patchSize, outFeatures);
  if (count % rowsPerSample !== 0) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${count} rows came with rowsPerSample ${rowsPerSample}: a divisor of the number of rows was expected.`,
    );
  }
  const weights = transpose(kernel.data, patchSize, outFeatures);
  const sampleErrors = new Float64Array(count / rowsPerSample);
  const rowsAtOnce = Math.max(1, Math.floor(inputsAtOnce / Math.max(1, patchSize)));
  for (let start = 0; start < count; start += rowsAtOnce) {
    const end = Math.min(count, start + rowsAtOnce);
    const part = Float64Array.from(inputs.data.subarray(start * patchSize, end * patchSize));
    // [rows, outFeatures]; without inputs the bias alone predicts.
    const products =
      patchSize > 0
        ? yield* multiplyTransposed(part, weights, patchSize)
        : new Float64Array((end - start) * outFeatures);
    for (let row = start; row < end; row++) {
      let sum = 0;
      for (let feature = 0; feature < outFeatures; feature++) {
        const predicted = products[(row - start) * outFeatures + feature]! + bias.data[feature]!;
        sum += (targets.data[row * outFeatures + feature]! - predicted) ** 2;
      }
      sampleErrors[Math.floor(row / rowsPerSample)]! += sum / rowsPerSample;
    }
  }
  return { ...errorOfSamples(sampleErrors, targets), sampleErrors };
}

/** @throws SAMPLES_TOO_FEW when there is no row. */
export function requireRows(count: number): void {
  if (count > 0) return;
  throw new FuseInitError('SAMPLES_TOO_FEW', 'There are no rows: gather at least one before solving.');
}

/** @throws SHAPE_MISMATCH when the map's kernel is not [patchSize, outFeatures]. */
export function requireKernel({ kernel }: AffineMap, patchSize: number, outFeatures: number): void {
  if (kernel.shape.join() === [patchSize, outFeatures].join()) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `A kernel of shape [${kernel.shape}] came where [${patchSize}, ${outFeatures}] was expected.`,
  );
}
