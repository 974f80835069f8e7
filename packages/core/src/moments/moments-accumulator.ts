import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { emptyMoments, type Moments, momentsOfRows } from './moments.js';

/** Accumulates moments in place, in the memory of one {@link Moments} however many rows are added. */
export interface MomentsAccumulator {
  /** The number of rows so far. */
  readonly count: number;
  /**
   * Adds a batch: `inputs` [..., patchSize] and `targets` [..., outFeatures], with the same number of rows.
   *
   * @throws SHAPE_MISMATCH when the sizes are others.
   */
  update(inputs: NdArray, targets: NdArray): void;
  /**
   * Adds the rows that other moments were computed from, by Chan's update.
   *
   * @throws SHAPE_MISMATCH when the sizes are others.
   */
  merge(moments: Moments): void;
  /** A copy of the moments accumulated so far. */
  moments(): Moments;
}

/**
 * An empty accumulator for rows of `patchSize` inputs and `outFeatures` targets.
 *
 * Source: docs/math.md, section 1.
 */
export function createMomentsAccumulator(patchSize: number, outFeatures: number): MomentsAccumulator {
  const sum = emptyMoments(patchSize, outFeatures);
  let count = 0;
  let precision: number | undefined;

  function merge(added: Moments): void {
    if (added.inputMean.data.length !== patchSize || added.targetMean.data.length !== outFeatures) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `Moments of ${added.inputMean.data.length} inputs and ${added.targetMean.data.length} targets can't be merged with moments of ${patchSize} and ${outFeatures}.`,
      );
    }
    if (added.count === 0) return;
    count += added.count;
    if (added.precision !== undefined) precision = Math.max(precision ?? 0, added.precision);
    const weight = added.count / count;
    const inputShift = difference(added.inputMean, sum.inputMean);
    const targetShift = difference(added.targetMean, sum.targetMean);
    moveTowards(sum.inputMean, inputShift, weight);
    moveTowards(sum.targetMean, targetShift, weight);
    addCovariance(sum.inputCovariance, added.inputCovariance, inputShift, inputShift, weight);
    addCovariance(sum.crossCovariance, added.crossCovariance, targetShift, inputShift, weight);
    addCovariance(sum.targetCovariance, added.targetCovariance, targetShift, targetShift, weight);
  }

  return {
    get count() {
      return count;
    },
    merge,
    update: (inputs, targets) => merge(momentsOfRows(inputs, targets)),
    moments: () => ({
      count,
      inputMean: copyOf(sum.inputMean),
      targetMean: copyOf(sum.targetMean),
      inputCovariance: copyOf(sum.inputCovariance),
      crossCovariance: copyOf(sum.crossCovariance),
      targetCovariance: copyOf(sum.targetCovariance),
      ...(precision !== undefined && { precision }),
    }),
  };
}

/**
 * The moments of the rows of both, as if accumulated in one pass; associative up to rounding. The result is
 * as precise as the less precise of the two.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws SHAPE_MISMATCH when the sizes of the two differ.
 */
export function mergeMoments(first: Moments, second: Moments): Moments {
  const accumulator = createMomentsAccumulator(first.inputMean.data.length, first.targetMean.data.length);
  accumulator.merge(first);
  accumulator.merge(second);
  return accumulator.moments();
}

function difference(minuend: NdArray, subtrahend: NdArray): Float64Array {
  return minuend.data.map((value, index) => value - subtrahend.data[index]!);
}

function moveTowards(mean: NdArray, shift: Float64Array, weight: number): void {
  for (let index = 0; index < shift.length; index++) mean.data[index]! += weight * shift[index]!;
}

function addCovariance(
  sum: NdArray,
  added: NdArray,
  rowShift: Float64Array,
  columnShift: Float64Array,
  weight: number,
): void {
  const columns = columnShift.length;
  const between = weight * (1 - weight);
  for (let row = 0; row < rowShift.length; row++) {
    const rowDistance = rowShift[row]!;
    const end = (row + 1) * columns;
    for (let index = row * columns, column = 0; index < end; index++, column++) {
      sum.data[index] =
        (1 - weight) * sum.data[index]! +
        weight * added.data[index]! +
        between * (rowDistance * columnShift[column]!);
    }
  }
}

function copyOf(array: NdArray): NdArray {
  return { shape: array.shape, data: array.data.slice() };
}
