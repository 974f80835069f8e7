import { FuseInitError } from '../errors/fuse-init-error.js';
import type { FloatArray, NdArray } from './nd-array.js';

/**
 * The rows of an array: all axes but the last are rows.
 *
 * @throws SHAPE_MISMATCH for a scalar.
 */
export function rowCount(array: FloatArray): number {
  const columns = columnCount(array);
  return columns === 0 ? 0 : array.data.length / columns;
}

/**
 * The length of the last axis.
 *
 * @throws SHAPE_MISMATCH for a scalar.
 */
export function columnCount(array: FloatArray): number {
  const columns = array.shape.at(-1);
  if (columns === undefined) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      'A scalar has no rows: an array of rank 1 or more was expected.',
    );
  }
  return columns;
}

/**
 * `rows x matrix + bias` over the last axis: `rows` [..., inner], `matrix` [inner, columns], `bias` [columns].
 *
 * @returns [..., columns]
 * @throws SHAPE_MISMATCH when the inner lengths differ.
 */
export function multiplyRows(rows: NdArray, matrix: NdArray, bias?: NdArray): NdArray {
  const inner = columnCount(rows);
  const [matrixRows, columns] = matrix.shape;
  if (matrix.shape.length !== 2 || matrixRows !== inner || columns === undefined) {
    throw new FuseInitError('SHAPE_MISMATCH', `Rows of ${inner} can't be multiplied by [${matrix.shape}].`);
  }
  if (bias && bias.data.length !== columns) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A bias of ${bias.data.length} came where ${columns} was expected.`,
    );
  }
  const count = rowCount(rows);
  const product = new Float64Array(count * columns);
  for (let row = 0; row < count; row++) {
    const start = row * columns;
    if (bias) product.set(bias.data, start);
    for (let k = 0; k < inner; k++) {
      const value = rows.data[row * inner + k]!;
      if (value === 0) continue;
      for (let column = 0; column < columns; column++) {
        product[start + column]! += value * matrix.data[k * columns + column]!;
      }
    }
  }
  return { shape: [...rows.shape.slice(0, -1), columns], data: product };
}
