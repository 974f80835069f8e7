import type { WasmLinearAlgebra } from '@fuseinit/linalg';
import type { Problem } from './problem.js';

/** An affine map as our linear algebra gives it. */
export interface OurSolution {
  /** [targets, inputs] */
  readonly weights: Float64Array;
  /** [targets] */
  readonly bias: Float64Array;
  /** Of the moments and of all. */
  readonly seconds: { readonly moments: number; readonly total: number };
}

/**
 * Everything from rows to an affine map: sums, moments, solution and bias. Threads run already.
 *
 * Source: docs/math.md, section 1.
 *
 * @param ridge Relative to the mean diagonal of the covariance.
 */
export async function solveOurs(
  linearAlgebra: WasmLinearAlgebra,
  { inputs, targets, inputSize, targetSize, window }: Problem,
  ridge: number,
): Promise<OurSolution> {
  const start = performance.now();
  const layout = window ?? { channels: inputSize, geometry: null };
  const sums = await linearAlgebra.createSums({ ...layout, outFeatures: targetSize });
  try {
    await sums.add(inputs, targets);
    const { inputMean, targetMean, inputCovariance, crossCovariance } = await sums.take();
    const moments = performance.now() - start;
    const weights = await withRidge(linearAlgebra, inputCovariance.data, crossCovariance.data, ridge);
    const bias = targetMean.data.map((mean, row) => {
      let product = 0;
      for (let input = 0; input < inputSize; input++)
        product += weights[row * inputSize + input]! * inputMean.data[input]!;
      return mean - product;
    });
    return {
      weights,
      bias,
      seconds: { moments: moments / 1000, total: (performance.now() - start) / 1000 },
    };
  } finally {
    sums.dispose();
  }
}

/** @param matrix [size, size]; the ridge is added to it. */
async function withRidge(
  linearAlgebra: WasmLinearAlgebra,
  matrix: Float64Array,
  rightSides: Float64Array,
  ridge: number,
): Promise<Float64Array> {
  const size = Math.sqrt(matrix.length);
  let trace = 0;
  for (let index = 0; index < size; index++) trace += matrix[index * size + index]!;
  for (let index = 0; index < size; index++) matrix[index * size + index]! += (ridge * trace) / size;
  const { solution } = await linearAlgebra.solvePositive(
    matrix,
    size,
    rightSides,
    16 * size * Number.EPSILON,
  );
  return solution;
}
