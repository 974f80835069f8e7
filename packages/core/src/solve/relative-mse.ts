import type { NdArray } from '../array/nd-array.js';
import { transpose } from '../array/transpose.js';
import { type Computation, compute, computeWith, multiplyTransposed } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
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
  return compute(measureRelativeMse(moments, map));
}

/**
 * {@link relativeMse} with its product by the linear algebra given: the same up to rounding.
 *
 * Source: docs/math.md, section 1.
 */
export async function relativeMseWith(
  linearAlgebra: LinearAlgebra,
  moments: Moments,
  map: AffineMap,
): Promise<number> {
  return computeWith(linearAlgebra, measureRelativeMse(moments, map));
}

/** {@link relativeMse}, as a computation: its product with the covariance takes longest. */
export function* measureRelativeMse(moments: Moments, map: AffineMap): Computation<number> {
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
  // Rounding may take an exact fit a hair below zero.
  return relativeToTargets(Math.max(0, variance - explained) + offset, variance, targetMean.data);
}

/** A mean square error over the variance of the targets, or over the square of their mean where they never vary. */
export function relativeToTargets(
  meanSquareError: number,
  variance: number,
  targetMean: Float64Array,
): number {
  if (meanSquareError === 0) return 0;
  const square = targetMean.reduce((sum, value) => sum + value * value, 0);
  return meanSquareError / (variance > 0 ? variance : square || 1);
}
