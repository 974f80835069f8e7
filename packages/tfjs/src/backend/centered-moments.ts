import type { Moments, NdArray } from '@fuseinit/core';
import type { ChunkSums } from './chunk-sums.js';

/**
 * Moments from sums of products of shifted values: the mean is taken out in float64 and the shift put back on
 * it.
 *
 * @param sums Of values less their shift.
 * @param shift Of each input channel, for every kernel position alike.
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
