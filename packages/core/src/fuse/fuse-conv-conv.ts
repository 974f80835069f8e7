import { type NdArray, reshape } from '../array/nd-array.js';
import { centerKernel } from '../geometry/center-kernel.js';
import { composeGeometry } from '../geometry/compose-geometry.js';
import { extractPatches } from '../geometry/extract-patches.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import type { AffineSolution, SolveOptions } from '../solve/least-squares.js';
import { solveAffine } from '../solve/solve-affine.js';
import { type Between, passBetween } from './between.js';
import { activated, type ConvLayer, convGeometry, convPreActivation } from './plain-layer.js';

export interface FuseConvConvOptions extends Omit<SolveOptions, 'inChannels'>, Between {
  /** Calibration data [samples, ...spatial, inChannels]. */
  readonly input: NdArray;
  readonly first: ConvLayer;
  readonly second: ConvLayer;
  /** Of the fused kernel, centred in the receptive field. Default the whole receptive field. */
  readonly kernelSize?: readonly number[];
}

/** A fused convolution: its kernel in its own shape, and how it slides. */
export interface FusedConvolution extends AffineSolution {
  readonly geometry: PatchGeometry;
}

/**
 * Fuses two convolutions (pooling between) into one whose pre-activation is nearest to the second's, in mean square
 * over `input`. Keep the second layer's activation, and pad as `geometry` says.
 *
 * Source: docs/math.md, sections 1 and 2.
 *
 * @returns kernel [...kernelSize, inChannels, filters], bias [filters], geometry, and the error.
 * @throws SHAPE_MISMATCH when kernels and data don't fit each other.
 * @throws KERNEL_TOO_LARGE when `kernelSize` exceeds the receptive field.
 */
export function fuseConvConv(options: FuseConvConvOptions): FusedConvolution {
  const { input, first, second, kernelSize } = options;
  const inChannels = input.shape.at(-1) ?? 0;
  const { features, geometry: toFeatures } = passBetween(
    options,
    activated(first, convPreActivation(first, input)),
    convGeometry(first, input),
  );
  const whole = composeGeometry(toFeatures, convGeometry(second, features));
  const geometry = kernelSize ? centerKernel(whole, kernelSize) : whole;
  const moments = momentsOfRows(extractPatches(input, geometry), convPreActivation(second, features));
  const solution = solveAffine(moments, { ...options, inChannels });
  const filters = solution.bias.data.length;
  return {
    ...solution,
    kernel: reshape(solution.kernel, [...geometry.kernelSize, inChannels, filters]),
    geometry,
  };
}
