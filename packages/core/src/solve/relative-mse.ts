import type { NdArray } from '../array/nd-array.js';
import { transpose } from '../array/transpose.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Computation, compute, computeWith, multiplyTransposed } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { type Moments, precisionOf, trace } from '../moments/moments.js';

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
 * It is a difference of large numbers where the weights are large: an error that is smaller than the rounding of the
 * moments could make it is given as that rounding. {@link relativeMseOfRows} has no such limit.
 *
 * Where the targets are constant there is no variance to divide by: 0 when the map gives that constant, else the mean
 * square error over the square of the constant.
 *
 * Source: docs/math.md, section 1, equation 4.
 *
 * @throws PRECISION_TOO_LOW when the map explains more of the targets than there is of them.
 */
export function relativeMse(moments: Moments, map: AffineMap): number {
  return compute(measureMoments(moments, map)).relativeMse;
}

/**
 * {@link relativeMse} with its product by the linear algebra given: the same up to rounding.
 *
 * Source: docs/math.md, section 1, equation 4.
 *
 * @throws PRECISION_TOO_LOW when the map explains more of the targets than there is of them.
 */
export async function relativeMseWith(
  linearAlgebra: LinearAlgebra,
  moments: Moments,
  map: AffineMap,
): Promise<number> {
  return (await computeWith(linearAlgebra, measureMoments(moments, map))).relativeMse;
}

/** An error by moments, and how far rounding of the moments may have moved it; both over the variance of the targets. */
export interface MomentsError {
  readonly relativeMse: number;
  readonly rounding: number;
}

/** Rounding is estimated, not bounded: more than so many times as much is no rounding. */
const farBeyondRounding = 1000;

/** {@link relativeMse}, as a computation: its product with the covariance takes longest. */
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
  let terms = 0;
  for (let feature = 0; feature < outFeatures; feature++) {
    let predictedMean = map.bias.data[feature]!;
    let squares = 0;
    for (let input = 0; input < patchSize; input++) {
      const index = feature * patchSize + input;
      const weight = weights[index]!;
      predictedMean += weight * inputMean.data[input]!;
      explained += weight * (2 * crossCovariance.data[index]! - product[index]!);
      squares += weight * weight * inputCovariance.data[input * (patchSize + 1)]!;
    }
    offset += (targetMean.data[feature]! - predictedMean) ** 2;
    terms +=
      (Math.sqrt(Math.max(0, squares)) +
        Math.sqrt(Math.max(0, targetCovariance.data[feature * (outFeatures + 1)]!))) **
      2;
  }
  const variance = trace(targetCovariance);
  const rounding = precisionOf(moments) * terms;
  const unexplained = variance - explained;
  if (unexplained < -farBeyondRounding * rounding) throw explainsTooMuch(explained / variance);
  return {
    relativeMse: relativeToTargets(Math.max(rounding, unexplained) + offset, variance, targetMean.data),
    rounding: relativeToTargets(rounding, variance, targetMean.data),
  };
}

function explainsTooMuch(share: number): FuseInitError {
  return new FuseInitError(
    'PRECISION_TOO_LOW',
    `By these moments the map explains ${share} times the variance of the targets, where at most all of it was expected: they aren't moments of any rows, but for rounding. Sum them in a higher precision, or take a larger ridge.`,
  );
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
