import type { NdArray } from '../array/nd-array.js';
import { composeGeometry } from '../geometry/compose-geometry.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import { pool } from '../reference/pool.js';

/** What stands between the two layers, after the first one's activation. */
export interface Between {
  /** Anything that keeps positions apart, such as batch norm: [batch, ...] to the same shape. Default nothing. */
  readonly between?: (features: NdArray) => NdArray;
  /** Pooling, after `between`. Default none. */
  readonly pooling?: {
    readonly kind: 'max' | 'average';
    readonly poolSize: readonly number[];
    /** Default `poolSize`. */
    readonly strides?: readonly number[];
    /** Default 'valid'. */
    readonly padding?: 'same' | 'valid';
  };
}

/** The features that the second layer reads, and the window from the first layer's input to them. */
export function passBetween(
  { between, pooling }: Between,
  features: NdArray,
  geometry: PatchGeometry,
): { features: NdArray; geometry: PatchGeometry } {
  const mapped = between ? between(features) : features;
  if (!pooling) return { features: mapped, geometry };
  const window = patchGeometry({
    inputSize: geometry.outputSize,
    kernelSize: pooling.poolSize,
    strides: pooling.strides ?? pooling.poolSize,
    padding: pooling.padding ?? 'valid',
  });
  return { features: pool(mapped, window, pooling.kind), geometry: composeGeometry(geometry, window) };
}
