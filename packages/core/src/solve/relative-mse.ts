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
  let explained = 0;
  let offset = 0;
  for (let feature = 0; feature < outFeatures; feature++) {
    let predictedMean = map.bias.data[feature]!;
    for (let row = 0; row < patchSize; row++) {
      const weight = kernel[row * outFeatures + feature]!;
      if (weight === 0) continue;
      predictedMean += weight * moments.inputMean.data[row]!;
      let product = 0;
      for (let column = 0; column < patchSize; column++) {
        product +=
          moments.inputCovariance.data[row * patchSize + column]! * kernel[column * outFeatures + feature]!;
      }
      explained += weight * (2 * moments.crossCovariance.data[feature * patchSize + row]! - product);
    }
    offset += (moments.targetMean.data[feature]! - predictedMean) ** 2;
  }
  const variance = trace(moments.targetCovariance);
  // Rounding may take an exact fit a hair below zero.
  const meanSquareError = Math.max(0, variance - explained) + offset;
  if (meanSquareError === 0) return 0;
  return meanSquareError / (variance > 0 ? variance : squareOf(moments.targetMean) || 1);
}

function squareOf(vector: NdArray): number {
  return vector.data.reduce((sum, value) => sum + value * value, 0);
}
