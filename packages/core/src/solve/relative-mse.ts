import type { NdArray } from '../array/nd-array.js';
import type { Moments } from '../moments/moments.js';
import { trace } from '../moments/moments.js';

/** An affine map: `z = p kernel + bias`. */
export interface AffineMap {
  /** [patchSize, outFeatures] */
  readonly kernel: NdArray;
  /** [outFeatures] */
  readonly bias: NdArray;
}

/**
 * The mean square error of an affine map over the variance of the targets, from moments alone: 0 is exact, 1 is no
 * better than predicting the mean. For moments that the map wasn't solved on, this is its held-out error.
 *
 * Where the targets are constant there is no variance to divide by: 0 when the map gives that constant, else the mean
 * square error over the square of the constant.
 *
 * Source: docs/math.md, section 1.
 */
export function relativeMse(moments: Moments, map: AffineMap): number {
  const patchSize = moments.inputMean.data.length;
  const outFeatures = moments.targetMean.data.length;
  const kernel = map.kernel.data;
  const predictedMean = map.bias.data.slice();
  const product = new Float64Array(outFeatures);
  let explained = 0;
  for (let row = 0; row < patchSize; row++) {
    const weights = kernel.subarray(row * outFeatures, (row + 1) * outFeatures);
    product.fill(0);
    for (let column = 0; column < patchSize; column++) {
      const covariance = moments.inputCovariance.data[row * patchSize + column]!;
      const start = column * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++)
        product[feature]! += covariance * kernel[start + feature]!;
    }
    for (let feature = 0; feature < outFeatures; feature++) {
      const weight = weights[feature]!;
      predictedMean[feature]! += weight * moments.inputMean.data[row]!;
      explained +=
        weight * (2 * moments.crossCovariance.data[feature * patchSize + row]! - product[feature]!);
    }
  }
  const offset = predictedMean.reduce(
    (sum, mean, feature) => sum + (moments.targetMean.data[feature]! - mean) ** 2,
    0,
  );
  const variance = trace(moments.targetCovariance);
  // Rounding may take an exact fit a hair below zero.
  const meanSquareError = Math.max(0, variance - explained) + offset;
  if (meanSquareError === 0) return 0;
  return meanSquareError / (variance > 0 ? variance : squareOf(moments.targetMean) || 1);
}

function squareOf(vector: NdArray): number {
  return vector.data.reduce((sum, value) => sum + value * value, 0);
}
