import { multiplyRows, type NdArray, ndArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { activate } from '../reference/activations.js';
import { convolve } from '../reference/sliding-layers.js';

/**
 * A layer at inference as a sequence of affine steps followed by an activation. It describes the same
 * function as `apply`, in a form that exact rewriting can multiply out.
 */
export interface AffineForm {
  /**
   * The steps in order; empty for a layer that does nothing before its activation, such as `ReLU` or
   * `Dropout`.
   */
  readonly steps: readonly AffineStep[];
  /** The name of the activation in tfjs-layers, 'linear' for none; 'softmax' is over the last axis. */
  readonly activation: string;
}

/** One affine map of [batch, ...positions, channels]. Weights are float64. */
export type AffineStep = ChannelStep | DenseStep | WindowStep | TransposedStep;

/** `y[..., c] = scale[c] x[..., c] + shift[c]`, on input of any rank: a batch norm, a rescaling. */
export interface ChannelStep {
  readonly kind: 'channels';
  /** [channels] */
  readonly scale: Float64Array;
  /** [channels] */
  readonly shift: Float64Array;
}

/** A matrix over the channels of each position, on input of any rank. */
export interface DenseStep {
  readonly kind: 'dense';
  /** [inChannels, outChannels] */
  readonly kernel: NdArray;
  /** [outChannels] */
  readonly bias: Float64Array;
}

/** A convolution (cross-correlation, as TensorFlow means it) over one or two spatial axes. */
export interface WindowStep extends StepWindow {
  readonly kind: 'window';
  readonly dilationRate: readonly number[];
  /**
   * The number of groups of input channels; each output channel reads one group, in order. 1 for a plain
   * convolution, inChannels for a depthwise one.
   */
  readonly groups: number;
  /** [...kernelSize, inChannels / groups, outChannels] */
  readonly kernel: NdArray;
  /** [outChannels] */
  readonly bias: Float64Array;
}

/** A transposed convolution over two spatial axes, as `Conv2DTranspose` computes it. */
export interface TransposedStep extends StepWindow {
  readonly kind: 'transposed';
  /** [...kernelSize, outChannels, inChannels] */
  readonly kernel: NdArray;
  /** [outChannels] */
  readonly bias: Float64Array;
}

/** The sliding window of a step, with one entry for each spatial axis, independent of the input's lengths. */
export interface StepWindow {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid';
}

/**
 * Computes an affine form in float64.
 *
 * @param input [batch, ...inputShape]
 * @throws SHAPE_MISMATCH when the weights of a step don't fit its input.
 * @throws LAYER_UNSUPPORTED for an activation that isn't known.
 */
export function applyAffineForm({ steps, activation }: AffineForm, input: NdArray): NdArray {
  return activate(steps.reduce(applyStep, input), activation);
}

function applyStep(input: NdArray, step: AffineStep): NdArray {
  if (step.kind === 'channels') return applyChannels(step, input);
  if (step.kind === 'dense') return multiplyRows(input, step.kernel, biasOf(step));
  if (step.kind === 'transposed') return applyTransposed(step, input);
  const { kernelSize, strides, dilationRate, padding } = step;
  const inputSize = input.shape.slice(1, -1);
  const geometry = patchGeometry({ inputSize, kernelSize, strides, dilationRate, padding });
  return convolve(input, fullKernel(step), biasOf(step), geometry);
}

/**
 * The kernel of a step as that of a plain convolution, 0 where an output channel doesn't read an input
 * channel.
 */
export function fullKernel({ groups, kernel, kernelSize }: WindowStep): NdArray {
  if (groups === 1) return kernel;
  const [perGroup = 0, filters = 0] = kernel.shape.slice(-2);
  const channels = perGroup * groups;
  const taps = sizeOf(kernelSize);
  const data = new Float64Array(taps * channels * filters);
  for (let tap = 0; tap < taps; tap++) {
    for (let within = 0; within < perGroup; within++) {
      for (let filter = 0; filter < filters; filter++) {
        const channel = Math.floor((filter * groups) / filters) * perGroup + within;
        data[(tap * channels + channel) * filters + filter] =
          kernel.data[(tap * perGroup + within) * filters + filter]!;
      }
    }
  }
  return ndArray([...kernelSize, channels, filters], data);
}

function applyChannels({ scale, shift }: ChannelStep, input: NdArray): NdArray {
  const channels = input.shape.at(-1)!;
  if (scale.length !== channels || shift.length !== channels) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${scale.length} scales and ${shift.length} shifts came for an input of shape [${input.shape}]: ${channels} of each were expected.`,
    );
  }
  const data = input.data.map((value, at) => value * scale[at % channels]! + shift[at % channels]!);
  return { shape: input.shape, data };
}

/**
 * Computes a transposed convolution: each input position adds its channels times the kernel to the outputs
 * that its window covers.
 */
function applyTransposed(step: TransposedStep, input: NdArray): NdArray {
  const { kernelSize, strides, padding, kernel, bias } = step;
  const [batch = 0, ...rest] = input.shape;
  const channels = rest.pop()!;
  const filters = bias.length;
  const expected = [...kernelSize, filters, channels];
  if (kernel.shape.join() !== expected.join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A kernel of shape [${kernel.shape}] came where [${expected}] was expected.`,
    );
  }
  const outputSize = rest.map((length, axis) =>
    padding === 'same'
      ? length * strides[axis]!
      : length * strides[axis]! + Math.max(kernelSize[axis]! - strides[axis]!, 0),
  );
  // The geometry is that of the convolution from the output back to the input.
  const { padding: borders } = patchGeometry({ inputSize: outputSize, kernelSize, strides, padding });
  const [height, width] = rest as [number, number];
  const [outHeight, outWidth] = outputSize as [number, number];
  const [kernelHeight, kernelWidth] = kernelSize as [number, number];
  const data = new Float64Array(batch * outHeight * outWidth * filters);
  for (let at = 0; at < data.length; at++) data[at] = bias[at % filters]!;
  for (let position = 0; position < batch * height * width; position++) {
    const sample = Math.floor(position / (height * width));
    const top = (Math.floor(position / width) % height) * strides[0]! - borders[0]![0];
    const left = (position % width) * strides[1]! - borders[1]![0];
    for (let row = 0; row < kernelHeight; row++) {
      for (let column = 0; column < kernelWidth; column++) {
        const [y, x] = [top + row, left + column];
        if (y < 0 || x < 0 || y >= outHeight || x >= outWidth) continue;
        for (let filter = 0; filter < filters; filter++) {
          const weights = ((row * kernelWidth + column) * filters + filter) * channels;
          let sum = 0;
          for (let channel = 0; channel < channels; channel++)
            sum += input.data[position * channels + channel]! * kernel.data[weights + channel]!;
          data[((sample * outHeight + y) * outWidth + x) * filters + filter]! += sum;
        }
      }
    }
  }
  return { shape: [batch, ...outputSize, filters], data };
}

function biasOf({ bias }: { readonly bias: Float64Array }): NdArray {
  return ndArray([bias.length], bias);
}
