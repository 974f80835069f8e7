import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { cholesky, referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { type Moments, trace } from '../moments/moments.js';
import { type AffineMap, requireKernel } from './affine-error.js';

/**
 * What is added to the diagonal of the covariance, relative to its mean. Without it, errors pile up in
 * directions that few rows determine, until they are beyond all levels; the law below holds with any.
 */
const damping = 0.03;

/**
 * Rounds the kernel of an affine map to numbers that can be stored, such that its outputs change little on
 * inputs of the moments given: what rounding one input's weights changes is taken up by the weights that are
 * rounded after them, as GPTQ does (Frantar et al., 2022), and what is left of it on average by the bias.
 *
 * By these moments, no output changes more than with every number of the kernel rounded to the nearest.
 * Columns of the kernel are rounded apart, so that a map of some outputs is rounded as it is among others.
 *
 * Source: docs/math.md, section 10.
 *
 * @param map kernel [patchSize, outFeatures], bias [outFeatures].
 * @param moments Of the inputs. With a mean of zeros and the covariance about zero, the bias stays as it is.
 * @param nearest What a number of the kernel can be stored as, nearest to `value`; `index` is its place.
 * @returns A kernel of numbers that `nearest` gave, and the bias for it.
 * @throws SHAPE_MISMATCH when the kernel is not [patchSize, outFeatures].
 */
export function roundAffine(
  { kernel, bias }: AffineMap,
  { inputMean, inputCovariance }: Pick<Moments, 'inputMean' | 'inputCovariance'>,
  nearest: (value: number, index: number) => number,
): AffineMap {
  const patchSize = inputMean.data.length;
  const outFeatures = bias.data.length;
  requireKernel({ kernel, bias }, patchSize, outFeatures);
  if (inputCovariance.data.length !== patchSize ** 2) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A covariance of shape [${inputCovariance.shape}] came with a mean of ${patchSize} inputs.`,
    );
  }
  const plain = kernel.data.map(nearest);
  const absorbed = roundInTurn(kernel, inputCovariance, nearest);
  const errorsOf = (rounded: Float64Array) => squareChanges(kernel.data, rounded, inputCovariance);
  const [ofPlain, ofAbsorbed] = [errorsOf(plain), errorsOf(absorbed)];
  const rounded = plain.map((value, index) => {
    const feature = index % outFeatures;
    return ofAbsorbed[feature]! < ofPlain[feature]! ? absorbed[index]! : value;
  });
  const offset = bias.data.slice();
  for (let input = 0; input < patchSize; input++) {
    const mean = inputMean.data[input]!;
    for (let feature = 0; feature < outFeatures; feature++) {
      const index = input * outFeatures + feature;
      offset[feature]! += mean * (kernel.data[index]! - rounded[index]!);
    }
  }
  return { kernel: { shape: kernel.shape, data: rounded }, bias: { shape: bias.shape, data: offset } };
}

/**
 * The inputs in turn, those of the largest variance first. With the covariance as `U D U^T`, `U` unit upper
 * triangular in that order, the square error is a sum over inputs `k` of `D_k (e_k + sum_(i before k) e_i
 * U_ik)^2`: each `e_k` is rounded to make its own term least.
 */
function roundInTurn(
  { data, shape }: NdArray,
  covariance: NdArray,
  nearest: (value: number, index: number) => number,
): Float64Array {
  const [patchSize, outFeatures] = shape as [number, number];
  const variance = (input: number) => covariance.data[input * (patchSize + 1)]!;
  const inputs = Uint32Array.from({ length: patchSize }, (_, input) => input);
  // The factor of a lower triangle begins with the input whose turn is the last.
  const order = inputs.sort((first, second) => variance(second) - variance(first)).reverse();
  const added = (damping * trace(covariance)) / patchSize;
  const matrix = new Float64Array(patchSize ** 2);
  for (const [row, input] of order.entries()) {
    for (let column = 0; column <= row; column++) {
      matrix[row * patchSize + column] = covariance.data[input * patchSize + order[column]!]!;
    }
    matrix[row * (patchSize + 1)]! += added;
  }
  const { lower, skipped } = cholesky(matrix, patchSize, patchSize * Number.EPSILON);
  const rounded = new Float64Array(data.length);
  // In the order of the factor.
  const errors = new Float64Array(data.length);
  const taken = new Float64Array(outFeatures);
  for (let turn = patchSize - 1; turn >= 0; turn--) {
    taken.fill(0);
    for (let row = turn + 1; row < patchSize && !skipped[turn]; row++) {
      const factor = lower[row * patchSize + turn]! / lower[turn * (patchSize + 1)]!;
      if (factor === 0) continue;
      const start = row * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++)
        taken[feature]! += factor * errors[start + feature]!;
    }
    const start = order[turn]! * outFeatures;
    for (let feature = 0; feature < outFeatures; feature++) {
      const index = start + feature;
      const value = nearest(data[index]! + taken[feature]!, index);
      rounded[index] = value;
      errors[turn * outFeatures + feature] = data[index]! - value;
    }
  }
  return rounded;
}

/** [outFeatures]: the mean square by which each output changes, less what a bias makes up for. */
function squareChanges(kernel: Float64Array, rounded: Float64Array, covariance: NdArray): Float64Array {
  const patchSize = covariance.shape[0]!;
  const outFeatures = patchSize > 0 ? kernel.length / patchSize : 0;
  const changes = new Float64Array(kernel.length);
  for (let index = 0; index < kernel.length; index++) {
    const place = (index % outFeatures) * patchSize + Math.floor(index / outFeatures);
    changes[place] = kernel[index]! - rounded[index]!;
  }
  if (patchSize === 0) return new Float64Array(0);
  const products = referenceLinearAlgebra.multiplyTransposed(changes, covariance.data, patchSize);
  const squares = new Float64Array(outFeatures);
  for (const [place, change] of changes.entries()) {
    squares[Math.floor(place / patchSize)]! += change * products[place]!;
  }
  return squares;
}
