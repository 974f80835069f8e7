import { multiplyRows, type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { centerKernel, composeGeometry } from '../geometry/compose-geometry.js';
import { extractPatches } from '../geometry/extract-patches.js';
import { type PatchGeometry, type PatchGeometryOptions, patchGeometry } from '../geometry/patch-geometry.js';
import { momentsOfRows } from '../moments/moments.js';
import { activate } from '../reference/activations.js';
import { convolve, pool } from '../reference/sliding-layers.js';
import type { AffineSolution, SolveOptions } from '../solve/least-squares.js';
import { solveAffine } from '../solve/solve-affine.js';

/** A dense layer on plain arrays. */
export interface DenseLayer {
  /** [inputs, units] */
  readonly kernel: NdArray;
  /** [units]; none is zero. */
  readonly bias?: NdArray;
  /** A name of tfjs-layers, default 'linear'. */
  readonly activation?: string;
}

/** A convolution on plain arrays, 1-D or 2-D by the rank of its kernel. */
export interface ConvLayer extends Pick<PatchGeometryOptions, 'strides' | 'dilationRate' | 'padding'> {
  /** [...kernelSize, inChannels, filters] */
  readonly kernel: NdArray;
  /** [filters]; none is zero. */
  readonly bias?: NdArray;
  /** A name of tfjs-layers, default 'linear'. */
  readonly activation?: string;
}

/** The pre-activation of a dense layer over all of each sample: [batch, ...] to [batch, units]. */
function densePreActivation(layer: DenseLayer, input: NdArray): NdArray {
  const [batch = 0, ...sample] = input.shape;
  return multiplyRows(reshape(input, [batch, sizeOf(sample)]), layer.kernel, layer.bias);
}

/**
 * The pre-activation of a convolution: [batch, ...inputSize, inChannels] to [batch, ...outputSize, filters].
 */
function convPreActivation(layer: ConvLayer, input: NdArray): NdArray {
  return convolve(input, layer.kernel, layer.bias, convGeometry(layer, input));
}

/**
 * The patch geometry of a convolution on this input.
 *
 * @throws SHAPE_MISMATCH when the ranks of kernel and input differ.
 */
function convGeometry(layer: ConvLayer, input: NdArray): PatchGeometry {
  if (layer.kernel.shape.length !== input.shape.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A kernel of shape [${layer.kernel.shape}] can't slide over an input of shape [${input.shape}]: [...kernelSize, inChannels, filters] and [batch, ...spatial, inChannels] were expected.`,
    );
  }
  return patchGeometry({
    inputSize: input.shape.slice(1, -1),
    kernelSize: layer.kernel.shape.slice(0, -2),
    ...(layer.strides && { strides: layer.strides }),
    ...(layer.dilationRate && { dilationRate: layer.dilationRate }),
    ...(layer.padding && { padding: layer.padding }),
  });
}

/** The output of a layer from its pre-activation. */
function activated(layer: DenseLayer | ConvLayer, preActivation: NdArray): NdArray {
  return activate(preActivation, layer.activation ?? 'linear');
}

/** The operations between the two layers, after the activation of the first. */
export interface Between {
  /**
   * Any operation that acts on each position alone, such as batch norm: [batch, ...] to the same shape.
   * Default: none.
   */
  readonly between?: (features: NdArray) => NdArray;
  /** Pooling, applied after `between`. Default: none. */
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
function passBetween(
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

/** Two dense layers to fuse, and the data that the fused layer is solved from. */
export interface FuseDenseDenseOptions extends Omit<SolveOptions, 'inChannels'>, Pick<Between, 'between'> {
  /** Calibration data [samples, ...inputs], read flat. The ridge treats the last axis as channels. */
  readonly input: NdArray;
  readonly first: DenseLayer;
  readonly second: DenseLayer;
}

/**
 * Fuses two dense layers into one whose pre-activation has the least mean square error to the second's over
 * `input`. Keep the second layer's activation.
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

/** A convolution and a dense layer to fuse, and the data that the fused layer is solved from. */
export interface FuseConvDenseOptions extends Omit<SolveOptions, 'inChannels'>, Between {
  /** Calibration data [samples, ...spatial, inChannels]. */
  readonly input: NdArray;
  readonly first: ConvLayer;
  /** The dense layer, which reads the features flattened channelsLast. */
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

/** Two convolutions to fuse, and the data that the fused layer is solved from. */
export interface FuseConvConvOptions extends Omit<SolveOptions, 'inChannels'>, Between {
  /** Calibration data [samples, ...spatial, inChannels]. */
  readonly input: NdArray;
  readonly first: ConvLayer;
  readonly second: ConvLayer;
  /** The size of the fused kernel, centred in the receptive field. Default: the whole receptive field. */
  readonly kernelSize?: readonly number[];
}

/**
 * A fused convolution: its kernel as [...kernelSize, inChannels, filters], and the geometry of its windows.
 */
export interface FusedConvolution extends AffineSolution {
  readonly geometry: PatchGeometry;
}

/**
 * Fuses two convolutions (with pooling between) into one whose pre-activation has the least mean square error
 * to the second's over `input`. Keep the second layer's activation, and pad as `geometry` says.
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
