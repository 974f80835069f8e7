import { FuseInitError } from '../errors/fuse-init-error.js';

/** A float64 array of any rank, `data` in row-major order. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array of any rank in float32 or float64, `data` in row-major order. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** The number of elements of a shape; 1 for the shape of a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The elements of an array from `start` up to `end`, in the same memory if it is a typed array. */
export function subarray(data: ArrayLike<number>, start: number, end: number): ArrayLike<number> {
  if ('subarray' in data) return (data as Float32Array).subarray(start, end);
  return Array.from({ length: end - start }, (_, at) => data[start + at]!);
}

/**
 * An array of `shape` from `data` in row-major order; a `Float64Array` is taken as it is, anything else
 * copied.
 *
 * @throws SHAPE_MISMATCH when the number of elements is not that of the shape.
 */
export function ndArray(shape: readonly number[], data: ArrayLike<number>): NdArray {
  if (data.length !== sizeOf(shape)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${data.length} numbers can't fill shape [${shape}], which has ${sizeOf(shape)}.`,
    );
  }
  return { shape: [...shape], data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/**
 * The same numbers under another shape; the data is shared, not copied.
 *
 * @throws SHAPE_MISMATCH when the number of elements differs.
 */
export function reshape(array: NdArray, shape: readonly number[]): NdArray {
  return ndArray(shape, array.data);
}

/**
 * The number of rows of an array: the product of all axes but the last.
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
 * `rows x matrix + bias` over the last axis: `rows` [..., inner], `matrix` [inner, columns], `bias`
 * [columns].
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

/** The columns of a row-major matrix [rows, columns] as rows: [columns, rows]. */
export function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const transposed = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * columns + column]!;
    }
  }
  return transposed;
}

/** Whether all numbers are finite. A plain loop, because covariances have tens of millions of elements. */
export function allFinite(values: Float32Array | Float64Array): boolean {
  for (let index = 0; index < values.length; index++) {
    if (values[index]! - values[index]! !== 0) return false;
  }
  return true;
}

/** The sum of the squares of `values`, or of the differences `values - less` where `less` is given. */
export function sumOfSquares(values: Float64Array, less?: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const value = less ? values[index]! - less[index]! : values[index]!;
    sum += value * value;
  }
  return sum;
}
