import { multiplyRows } from '../array/matrix.js';
import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type PatchGeometry, type PatchGeometryOptions, patchGeometry } from '../geometry/patch-geometry.js';
import { activate } from '../reference/activations.js';
import { convolve } from '../reference/convolve.js';

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
export function densePreActivation(layer: DenseLayer, input: NdArray): NdArray {
  const [batch = 0, ...sample] = input.shape;
  return multiplyRows(reshape(input, [batch, sizeOf(sample)]), layer.kernel, layer.bias);
}

/** The pre-activation of a convolution: [batch, ...inputSize, inChannels] to [batch, ...outputSize, filters]. */
export function convPreActivation(layer: ConvLayer, input: NdArray): NdArray {
  return convolve(input, layer.kernel, layer.bias, convGeometry(layer, input));
}

/**
 * The window of a convolution on this input.
 *
 * @throws SHAPE_MISMATCH when the ranks of kernel and input differ.
 */
export function convGeometry(layer: ConvLayer, input: NdArray): PatchGeometry {
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
export function activated(layer: DenseLayer | ConvLayer, preActivation: NdArray): NdArray {
  return activate(preActivation, layer.activation ?? 'linear');
}
