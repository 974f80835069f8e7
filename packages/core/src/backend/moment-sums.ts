import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';

/** The sizes that all batches of one {@link MomentSums} share. */
export interface SumsLayout {
  /** Of one position; of a whole sample where there is no geometry. */
  readonly channels: number;
  readonly outFeatures: number;
  /** The patches, or null where each sample is one row. */
  readonly geometry: PatchGeometry | null;
}

/** Sums over many batches that stay on the device until they are taken. */
export interface MomentSums<Tensor = NdArray> {
  /**
   * Looks at a batch without counting it: for sums that take something from the first values they see, such as a shift
   * near their means. Sums of parts of the same data then round alike if all look at the same batch first.
   */
  prime?(input: Tensor, target: Tensor): Promise<void>;
  /**
   * Adds a batch; neither array is changed or disposed.
   *
   * A batch that holds NaN or Infinity spoils the sums: what is taken after it is not to be counted on.
   *
   * @param input [batch, ...inputSize, channels]; without a geometry [batch, ...], each sample flattened.
   * @param target [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
   * @returns which side held NaN or Infinity, if any.
   * @throws SHAPE_MISMATCH when the arrays don't fit each other or the layout.
   * @throws DEVICE_LOST when the device went away, and the sums with it.
   */
  add(input: Tensor, target: Tensor): Promise<'input' | 'target' | undefined>;
  /**
   * The moments of what was added since the last call, of count 0 if that is nothing, and begins anew.
   *
   * @throws DEVICE_LOST when the device went away, and the sums with it.
   */
  take(): Promise<Moments>;
  /** Frees what the sums hold on the device. */
  dispose(): void;
}
