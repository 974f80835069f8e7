import { columnCount } from '../array/matrix.js';
import type { FloatArray } from '../array/nd-array.js';
import { transpose } from '../array/transpose.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Computation, compute, computeWith, multiplyTransposed } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { columnMeans } from '../moments/centered-columns.js';
import { commonRowCount } from '../moments/common-row-count.js';
import type { CalibrationRows } from './calibration-rows.js';
import { type AffineMap, relativeToTargets } from './relative-mse.js';
import { requireKernel, requireRows } from './require-solvable.js';

/** The error of predictions, as {@link relativeMseOfRows} has it, and how sure it is. */
export interface RowsError {
  readonly relativeMse: number;
  /** Standard error of `relativeMse` over the samples that were drawn; absent for one sample. */
  readonly standardError?: number;
}

/**
 * The mean square error of a map's predictions over the variance of the targets, from rows themselves: what
 * {@link relativeMse} gives for their moments, and as precise where the error is small and the weights are large, since
 * nothing large is subtracted.
 *
 * Source: docs/math.md, sections 1 and 7.
 *
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the map's kernel is not [patchSize, outFeatures], or
 *   `rowsPerSample` doesn't divide the rows.
 */
export function relativeMseOfRows(rows: CalibrationRows, map: AffineMap): number {
  return compute(measureRows(rows, map)).relativeMse;
}

/**
 * {@link relativeMseOfRows} with its products by the linear algebra given, and the standard error of what it gives.
 *
 * Source: docs/math.md, sections 1 and 7.
 *
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, the map's kernel is not [patchSize, outFeatures], or
 *   `rowsPerSample` doesn't divide the rows.
 */
export async function errorOfRowsWith(
  linearAlgebra: LinearAlgebra,
  rows: CalibrationRows,
  map: AffineMap,
): Promise<RowsError> {
  return computeWith(linearAlgebra, measureRows(rows, map));
}

/**
 * For each sample, in order, the mean over its rows of the squared error of a map's predictions, summed over the
 * targets: [samples].
 *
 * @throws SAMPLES_TOO_FEW, SHAPE_MISMATCH as {@link errorOfRowsWith} does.
 */
export async function sampleErrorsWith(
  linearAlgebra: LinearAlgebra,
  rows: CalibrationRows,
  map: AffineMap,
): Promise<Float64Array> {
  return computeWith(linearAlgebra, sampleErrors(rows, map));
}

/** Numbers of the inputs that are brought to float64 and multiplied at a time: 8 MiB. */
const numbersAtOnce = 2 ** 20;

/** {@link errorOfRowsWith}, as a computation. */
export function* measureRows(rows: CalibrationRows, map: AffineMap): Computation<RowsError> {
  return errorOf(yield* sampleErrors(rows, map), rows.targets);
}

/** The error that samples have together, each by its mean square error, and its standard error. */
export function errorOf(sampleErrors: Float64Array, targets: FloatArray): RowsError {
  const { mean, standardError } = meanOf(sampleErrors);
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

/** The error of a solution on what it wasn't solved on, as the solution names it. */
export interface HeldOutError {
  readonly heldOutRelativeMse: number;
  readonly heldOutStandardError?: number;
}

export function heldOutErrorOf({ relativeMse, standardError }: RowsError): HeldOutError {
  return {
    heldOutRelativeMse: relativeMse,
    ...(standardError !== undefined && { heldOutStandardError: standardError }),
  };
}

/** The mean of numbers and its standard error, which one number doesn't have. */
export function meanOf(values: Float64Array): { mean: number; standardError?: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

function* sampleErrors(rows: CalibrationRows, { kernel, bias }: AffineMap): Computation<Float64Array> {
  const { inputs, targets, rowsPerSample = 1 } = rows;
  const count = commonRowCount(inputs, targets);
  const [patchSize, outFeatures] = [columnCount(inputs), columnCount(targets)];
  requireRows(count);
  requireKernel({ kernel, bias }, patchSize, outFeatures);
  if (count % rowsPerSample !== 0) throw noWholeSamples(count, rowsPerSample);
  const weights = transpose(kernel.data, patchSize, outFeatures);
  const errors = new Float64Array(count / rowsPerSample);
  const rowsAtOnce = Math.max(1, Math.floor(numbersAtOnce / Math.max(1, patchSize)));
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
      errors[Math.floor(row / rowsPerSample)]! += sum / rowsPerSample;
    }
  }
  return errors;
}

function noWholeSamples(count: number, rowsPerSample: number): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `${count} rows came with rowsPerSample ${rowsPerSample}: a divisor of the number of rows was expected.`,
  );
}
