import { columnCount } from '../array/matrix.js';
import { sumOfSquares } from '../array/sum-of-squares.js';
import { transpose } from '../array/transpose.js';
import { type Computation, compute, computeWith, multiplyTransposed } from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { centeredColumns, columnMeans } from '../moments/centered-columns.js';
import { commonRowCount } from '../moments/common-row-count.js';
import { type AffineMap, relativeToTargets } from './relative-mse.js';
import { requireKernel, requireRows } from './require-solvable.js';
import type { CalibrationRows } from './row-system.js';

/**
 * What `relativeMse` gives for the moments of these rows, from the rows themselves: without a covariance, which is
 * larger than rows that are fewer than the inputs.
 *
 * Source: docs/math.md, section 7.
 *
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, or the map's kernel is not [patchSize, outFeatures].
 */
export function relativeMseOfRows(rows: CalibrationRows, map: AffineMap): number {
  return compute(measureRows(rows, map));
}

/**
 * {@link relativeMseOfRows} with its product by the linear algebra given: the same up to rounding.
 *
 * Source: docs/math.md, section 7.
 *
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, or the map's kernel is not [patchSize, outFeatures].
 */
export async function relativeMseOfRowsWith(
  linearAlgebra: LinearAlgebra,
  rows: CalibrationRows,
  map: AffineMap,
): Promise<number> {
  return computeWith(linearAlgebra, measureRows(rows, map));
}

function* measureRows({ inputs, targets }: CalibrationRows, map: AffineMap): Computation<number> {
  const count = commonRowCount(inputs, targets);
  const [patchSize, outFeatures] = [columnCount(inputs), columnCount(targets)];
  requireRows(count);
  requireKernel(map, patchSize, outFeatures);
  // Both [outFeatures, count].
  const weights = transpose(map.kernel.data, patchSize, outFeatures);
  const products = yield* multiplyTransposed(weights, Float64Array.from(inputs.data), patchSize);
  const meant = centeredColumns(targets.data, map.bias.data, count);
  const targetMean = columnMeans(targets.data, count, outFeatures);
  const variance = sumOfSquares(centeredColumns(targets.data, targetMean, count)) / count;
  return relativeToTargets(sumOfSquares(meant, products) / count, variance, targetMean);
}
