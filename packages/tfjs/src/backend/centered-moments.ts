import type { Moments, NdArray } from '@fuseinit/core';
import type { ChunkSums } from './chunk-sums.js';

/**
 * Computes moments from sums of products of shifted values. The mean is removed in float64, and the shift is
 * added back to it.
 *
 * @param sums Sums over values from which the shift was subtracted.
 * @param shift The shift of each input channel, the same at every kernel position.
 */
export function centeredMoments(sums: ChunkSums, shift: Float64Array, targetShift: Float64Array): Moments {
  const { count } = sums;
  const inputMean = sums.input.map((sum) => sum / count);
  const targetMean = sums.target.map((sum) => sum / count);
  return {
    count,
    inputMean: vector(inputMean.map((mean, index) => mean + shift[index % shift.length]!)),
    targetMean: vector(targetMean.map((mean, index) => mean + targetShift[index]!)),
    inputCovariance: covariance(sums.gram, inputMean, inputMean, count, true),
    crossCovariance: covariance(sums.cross, targetMean, inputMean, count, false),
    targetCovariance: covariance(sums.targetGram, targetMean, targetMean, count, true),
  };
}

function vector(data: Float64Array): NdArray {
  return { shape: [data.length], data };
}

function covariance(
  products: Float64Array,
  rowMean: Float64Array,
  columnMean: Float64Array,
  count: number,
  symmetric: boolean,
): NdArray {
  const rows = rowMean.length;
  const columns = columnMean.length;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const end = symmetric ? row + 1 : columns;
    for (let column = 0; column < end; column++) {
      const value = products[row * columns + column]! / count - rowMean[row]! * columnMean[column]!;
      data[row * columns + column] = value;
      if (symmetric) data[column * columns + row] = value;
    }
  }
  return { shape: [rows, columns], data };
}
