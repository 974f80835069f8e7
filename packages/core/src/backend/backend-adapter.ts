import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';

/**
 * A connector to hardware: it extracts patches and multiplies. Accumulating over batches and solving stay in core,
 * in float64.
 *
 * `Tensor` is the backend's own array: {@link NdArray} for the reference, a `tf.Tensor` for TensorFlow.js.
 */
export interface BackendAdapter<Tensor = NdArray> {
  readonly specVersion: 1;
  readonly name: string;
  /** Bits of the products: 16, 32 or 64. */
  readonly floatPrecision: 16 | 32 | 64;
  /**
   * Moments of one batch; neither array is changed or disposed.
   *
   * @param input [batch, ...inputSize, channels]; without a geometry [batch, ...], each sample flattened.
   * @param target [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
   * @param geometry The patches, or null where each sample is one row.
   */
  patchMoments(input: Tensor, target: Tensor, geometry: PatchGeometry | null): Moments | Promise<Moments>;
}
