import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { cholesky, referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { type Moments, trace } from '../moments/moments.js';
import { type AffineMap, requireKernel } from './affine-error.js';

/**
 * The damping that is added to the diagonal of the covariance, relative to its mean. Without it, errors
 * accumulate in directions that few rows determine, until they exceed the range of levels. The guarantee of
 * {@link roundAffine} holds for any value.
 */
const damping = 0.03;

/**
 * Rounds the kernel of an affine map to representable numbers such that its outputs change little on inputs
 * of the given moments. The error from rounding one input's weights is compensated by the weights that are
 * rounded later, as in GPTQ (Frantar et al., 2022), and the remaining mean error by the bias.
 *
 * Measured by these moments, no output changes more than if every weight were rounded to the nearest number.
 * Columns of the kernel are rounded independently of each other, so the result for an output doesn't depend
 * on which others there are.
 *
 * Source: docs/math.md, section 10.
 *
 * @param map kernel [patchSize, outFeatures], bias [outFeatures].
 * @param moments The moments of the inputs. With a mean of zero and the covariance about zero, the bias is
 *   unchanged.
 * @param nearest Returns the representable number nearest to `value`; `index` is the position in the kernel.
 * @returns the kernel of numbers that `nearest` returned, and the matching bias.
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
 * Rounds the inputs in turn, those of the largest variance first. With the covariance as `U D U^T`, `U` unit
 * upper triangular in that order, the square error is a sum over inputs `k` of `D_k (e_k + sum_(i before k)
 * e_i U_ik)^2`: each `e_k` is rounded to minimise its own term.
 */
function roundInTurn(
  { data, shape }: NdArray,
  covariance: NdArray,
  nearest: (value: number, index: number) => number,
): Float64Array {
  const [patchSize, outFeatures] = shape as [number, number];
  const variance = (input: number) => covariance.data[input * (patchSize + 1)]!;
  const inputs = Uint32Array.from({ length: patchSize }, (_, input) => input);
  // The lower triangular factor starts with the input that is rounded last.
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
  // The errors are stored in the order of the factor.
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

/** [outFeatures]: the mean square change of each output that the bias can't compensate for. */
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
