import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';
import type { MomentSums, SumsLayout } from './moment-sums.js';

/**
 * A connector to hardware: it extracts patches and multiplies. Accumulating over batches and solving stay in core,
 * in float64.
 *
 * `Tensor` is the backend's own array: {@link NdArray} for the reference, a `tf.Tensor` for TensorFlow.js.
 */
export interface BackendAdapter<Tensor = NdArray> {
  readonly specVersion: 1;
  readonly name: string;
  /** Bits of the numbers that the device holds: 16, 32 or 64. What it rounds them to is no error of the adapter. */
  readonly floatPrecision: 16 | 32 | 64;
  /** The most numbers that one array on the device may have. The adapter splits batches accordingly; callers only read it. */
  readonly maxTensorSize: number;
  /**
   * Moments of one batch; neither array is changed or disposed.
   *
   * @param input [batch, ...inputSize, channels]; without a geometry [batch, ...], each sample flattened.
   * @param target [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
   * @param geometry The patches, or null where each sample is one row.
   * @throws SHAPE_MISMATCH when the arrays don't fit each other or the geometry.
   * @throws TENSOR_TOO_LARGE when the moments don't fit the device however the batch is split.
   * @throws PRECISION_TOO_LOW when the device can't give moments as exact as its inputs are.
   * @throws DEVICE_LOST when the device went away; nothing was counted, and the batch can be given again to another.
   */
  patchMoments(input: Tensor, target: Tensor, geometry: PatchGeometry | null): Moments | Promise<Moments>;
  /**
   * Sums that stay on the device over many batches: for adapters where bringing home the moments of each batch
   * (patchSize^2 numbers) would cost more than its products. Without it every batch goes by `patchMoments`.
   *
   * @throws TENSOR_TOO_LARGE when the sums don't fit the device.
   * @throws PRECISION_TOO_LOW when the device can't give moments as exact as its inputs are.
   * @throws DEVICE_LOST when the device went away.
   */
  createSums?(layout: SumsLayout): MomentSums<Tensor> | Promise<MomentSums<Tensor>>;
  /**
   * The numbers of an array, on the host.
   *
   * @throws DEVICE_LOST when the device went away.
   */
  read(tensor: Tensor): ArrayLike<number> | Promise<ArrayLike<number>>;
  /**
   * For devices that can go away while they are in use: asked when something on it failed, since the error may not tell.
   *
   * @throws DEVICE_LOST when it went away since the adapter was made.
   */
  requireDevice?(): void;
}
