import { FuseInitError } from '../errors/fuse-init-error.js';

/** A float64 array of any rank, `data` in row-major order. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array of any rank as devices hold it or as it is computed with, `data` in row-major order. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** The number of elements of a shape; 1 for the shape of a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * An array of `shape` from `data` in row-major order; a `Float64Array` is taken as it is, anything else copied.
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
