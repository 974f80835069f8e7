import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import type { AffineSolution, SolveOptions } from '../solve/least-squares.js';
import { solveAffine } from '../solve/solve-affine.js';
import { type Between, passBetween } from './between.js';
import {
  activated,
  type ConvLayer,
  convGeometry,
  convPreActivation,
  type DenseLayer,
  densePreActivation,
} from './plain-layer.js';

export interface FuseConvDenseOptions extends Omit<SolveOptions, 'inChannels'>, Between {
  /** Calibration data [samples, ...spatial, inChannels]. */
  readonly input: NdArray;
  readonly first: ConvLayer;
  /** Reads the features flattened channelsLast. */
  readonly second: DenseLayer;
}

/**
 * Fuses a convolution and the dense layer after it (pooling and flatten between) into one dense layer on the
 * convolution's whole input, flattened channelsLast. Keep the second layer's activation.
 *
 * Source: docs/math.md, section 1.
 *
 * @returns kernel [inputs, units] with `inputs` the size of a sample, bias [units], and the error.
 * @throws SHAPE_MISMATCH when kernels and data don't fit each other.
 */
export function fuseConvDense(options: FuseConvDenseOptions): AffineSolution {
  const { input, first, second } = options;
  const { features } = passBetween(
    options,
    activated(first, convPreActivation(first, input)),
    convGeometry(first, input),
  );
  const rows = reshape(input, [input.shape[0] ?? 0, sizeOf(input.shape.slice(1))]);
  const moments = momentsOfRows(rows, densePreActivation(second, features));
  return solveAffine(moments, { ...options, inChannels: input.shape.at(-1) ?? 0 });
}
