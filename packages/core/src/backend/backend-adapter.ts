import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { extractPatches } from '../geometry/extract-patches.js';
import { type PatchGeometry, positionCount } from '../geometry/patch-geometry.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { type Moments, momentsOfRows } from '../moments/moments.js';

/**
 * A connector to hardware: it extracts patches and multiplies. Accumulating over batches stays in core, in
 * float64, and so does solving, by the adapter's linear algebra.
 *
 * `Tensor` is the backend's own array: {@link NdArray} for the reference, a `tf.Tensor` for TensorFlow.js.
 */
export interface BackendAdapter<Tensor = NdArray> {
  readonly specVersion: 1;
  readonly name: string;
  /**
   * The bits of a number on the device: 16, 32 or 64. Rounding to that precision is no error of the adapter.
   */
  readonly floatPrecision: 16 | 32 | 64;
  /**
   * The most numbers that one array on the device may have. The adapter splits batches accordingly; callers
   * only read it.
   */
  readonly maxTensorSize: number;
  /** Solves for the weights on the host, in float64. Defaults to that of `@fuseinit/linalg`. */
  readonly linearAlgebra?: LinearAlgebra;
  /**
   * The moments of one batch. Neither array is changed or disposed.
   *
   * @param input [batch, ...inputSize, channels]; without a geometry [batch, ...], each sample flattened.
   * @param target [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
   * @param geometry The patches, or null where each sample is one row.
   * @throws SHAPE_MISMATCH when the arrays don't fit each other or the geometry.
   * @throws TENSOR_TOO_LARGE when the moments don't fit the device however the batch is split.
   * @throws PRECISION_TOO_LOW when the device can't give moments as exact as its inputs are.
   * @throws DEVICE_LOST when the device was lost. Nothing was counted, so the batch can be passed to another
   *   adapter.
   */
  patchMoments(input: Tensor, target: Tensor, geometry: PatchGeometry | null): Moments | Promise<Moments>;
  /**
   * Creates sums that stay on the device over many batches, for adapters where reading back the moments of
   * each batch (patchSize^2 numbers) would cost more than computing them. Without this method, every batch
   * goes through `patchMoments`.
   *
   * @throws TENSOR_TOO_LARGE when the sums don't fit the device.
   * @throws PRECISION_TOO_LOW when the device can't give moments as exact as its inputs are.
   * @throws DEVICE_LOST when the device went away.
   */
  createSums?(layout: SumsLayout): MomentSums<Tensor> | Promise<MomentSums<Tensor>>;
  /**
   * Reads the numbers of an array back to the host.
   *
   * @throws DEVICE_LOST when the device went away.
   */
  read(tensor: Tensor): ArrayLike<number> | Promise<ArrayLike<number>>;
  /**
   * Checks a device that can be lost while it is in use. It is called when something on the device failed,
   * since that error may not say why.
   *
   * @throws DEVICE_LOST when the device was lost since the adapter was made.
   */
  requireDevice?(): void;
}

/** The sizes that all batches of one {@link MomentSums} share. */
export interface SumsLayout {
  /** The channels of one position, or the size of a whole sample where there is no geometry. */
  readonly channels: number;
  readonly outFeatures: number;
  /** The patches, or null where each sample is one row. */
  readonly geometry: PatchGeometry | null;
}

/** Sums over many batches that stay on the device until {@link MomentSums.take} reads them. */
export interface MomentSums<Tensor = NdArray> {
  /**
   * Shows the sums a batch without counting it, for sums that derive something from the first values they
   * see, such as a shift near their means. Sums over parts of the same data round alike if all are primed
   * with the same batch.
   */
  prime?(input: Tensor, target: Tensor): Promise<void>;
  /**
   * Adds a batch. Neither array is changed or disposed.
   *
   * A batch that holds NaN or Infinity spoils the sums: moments taken after it are undefined.
   *
   * @param input [batch, ...inputSize, channels]; without a geometry [batch, ...], each sample flattened.
   * @param target [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
   * @returns which side held NaN or Infinity, if any.
   * @throws SHAPE_MISMATCH when the arrays don't fit each other or the layout.
   * @throws DEVICE_LOST when the device went away, and the sums with it.
   */
  add(input: Tensor, target: Tensor): Promise<'input' | 'target' | undefined>;
  /**
   * Returns the moments of all batches added since the last call (of count 0 if there were none) and starts
   * again from zero.
   *
   * @throws DEVICE_LOST when the device went away, and the sums with it.
   */
  take(): Promise<Moments>;
  /** Frees the sums' memory on the device. */
  dispose(): void;
}

/** The sizes of one batch of patches and targets. */
export interface PatchLayout {
  readonly batch: number;
  /** The channels of one position, or the size of a whole sample where there is no geometry. */
  readonly channels: number;
  /** The number of elements in a patch: kernel positions times channels. */
  readonly patchSize: number;
  readonly outFeatures: number;
  /** The number of rows: samples times output positions. */
  readonly rows: number;
}

/**
 * Works out the sizes of a batch from its shapes, and refuses shapes that do not fit each other. Adapters
 * call it first.
 *
 * @param inputShape [batch, ...inputSize, channels]; without a geometry [batch, ...].
 * @param targetShape [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
 * @throws SHAPE_MISMATCH when they don't fit each other or the geometry.
 */
export function patchLayout(
  inputShape: readonly number[],
  targetShape: readonly number[],
  geometry: PatchGeometry | null,
): PatchLayout {
  const batch = inputShape[0] ?? 0;
  const inputSize = geometry?.inputSize ?? inputShape.slice(1, -1);
  const expectedInput = [batch, ...inputSize];
  const expectedTarget = [batch, ...(geometry?.outputSize ?? [])];
  requirePositions('input', inputShape, expectedInput);
  requirePositions('target', targetShape, expectedTarget);
  const channels = geometry ? inputShape.at(-1)! : sizeOf(inputShape.slice(1));
  return {
    batch,
    channels,
    patchSize: channels * sizeOf(geometry?.kernelSize ?? []),
    outFeatures: targetShape.at(-1)!,
    rows: batch * (geometry ? positionCount(geometry) : 1),
  };
}

function requirePositions(side: string, shape: readonly number[], expected: readonly number[]): void {
  if (shape.length === expected.length + 1 && shape.slice(0, -1).join() === expected.join()) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `A batch of ${side}s of shape [${shape}] came where [${expected}, any] was expected.`,
  );
}

/**
 * The reference backend, in plain JavaScript and float64. It is slow; every other backend is checked against
 * it.
 */
export const referenceBackend = {
  specVersion: 1,
  name: 'reference',
  floatPrecision: 64,
  maxTensorSize: Number.POSITIVE_INFINITY,
  patchMoments(input: NdArray, target: NdArray, geometry: PatchGeometry | null): Moments {
    const { rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
    return momentsOfRows(
      geometry ? extractPatches(input, geometry) : reshape(input, [rows, patchSize]),
      reshape(target, [rows, outFeatures]),
    );
  },
  read: ({ data }: NdArray): Float64Array => data,
} as const satisfies BackendAdapter<NdArray>;
