import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import type { AffineSolution, SolveOptions } from '../solve/least-squares.js';
import { solveAffine } from '../solve/solve-affine.js';
import type { Between } from './between.js';
import { activated, type DenseLayer, densePreActivation } from './plain-layer.js';

export interface FuseDenseDenseOptions extends Omit<SolveOptions, 'inChannels'>, Pick<Between, 'between'> {
  /** Calibration data [samples, ...inputs], read flat; the ridge takes its last axis for channels. */
  readonly input: NdArray;
  readonly first: DenseLayer;
  readonly second: DenseLayer;
}

/**
 * Fuses two dense layers into one whose pre-activation is nearest to the second's, in mean square over `input`. Keep
 * the second layer's activation.
 *
 * Source: docs/math.md, section 1.
 *
 * @returns kernel [inputs, units], bias [units], and the error.
 * @throws SHAPE_MISMATCH when kernels and data don't fit each other.
 */
export function fuseDenseDense(options: FuseDenseDenseOptions): AffineSolution {
  const { input, first, second, between = (features) => features } = options;
  const features = between(activated(first, densePreActivation(first, input)));
  const rows = reshape(input, [input.shape[0] ?? 0, sizeOf(input.shape.slice(1))]);
  const moments = momentsOfRows(rows, densePreActivation(second, features));
  return solveAffine(moments, { ...options, inChannels: input.shape.at(-1) ?? 0 });
}
