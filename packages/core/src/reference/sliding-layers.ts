import { multiplyRows, type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { extractPatches, patchOffsets } from '../geometry/extract-patches.js';
import { type PatchGeometry, positionCount } from '../geometry/patch-geometry.js';

/**
 * A convolution in float64, as TensorFlow means it (cross-correlation): patches times kernel.
 *
 * @param input [batch, ...spatial, inChannels]
 * @param kernel [...kernelSize, inChannels, filters]
 * @param bias [filters]
 * @returns [batch, ...outputSize, filters]
 * @throws SHAPE_MISMATCH when kernel, input and geometry don't fit each other.
 */
export function convolve(
  input: NdArray,
  kernel: NdArray,
  bias: NdArray | undefined,
  geometry: PatchGeometry,
): NdArray {
  const [inChannels = 0, filters = 0] = kernel.shape.slice(-2);
  requireKernel(kernel, geometry, input.shape.at(-1) ?? 0, inChannels);
  const patches = extractPatches(input, geometry);
  const flat = reshape(kernel, [sizeOf(geometry.kernelSize) * inChannels, filters]);
  return reshape(multiplyRows(patches, flat, bias), [input.shape[0]!, ...geometry.outputSize, filters]);
}

/**
 * A depthwise convolution in float64: each input channel gets filters of its own.
 *
 * @param input [batch, ...spatial, inChannels]
 * @param kernel [...kernelSize, inChannels, depthMultiplier]
 * @param bias [inChannels * depthMultiplier]
 * @returns [batch, ...outputSize, inChannels * depthMultiplier], the multiplier running fastest.
 * @throws SHAPE_MISMATCH when kernel, input and geometry don't fit each other.
 */
export function depthwiseConvolve(
  input: NdArray,
  kernel: NdArray,
  bias: NdArray | undefined,
  geometry: PatchGeometry,
): NdArray {
  const [inChannels = 0, multiplier = 0] = kernel.shape.slice(-2);
  requireKernel(kernel, geometry, input.shape.at(-1) ?? 0, inChannels);
  const positions = sizeOf(geometry.kernelSize);
  const filters = inChannels * multiplier;
  // The map is expressed as one full kernel, zero where a filter doesn't read a channel.
  const full = new Float64Array(positions * inChannels * filters);
  for (let at = 0; at < positions * inChannels; at++) {
    const channel = at % inChannels;
    for (let m = 0; m < multiplier; m++) {
      full[at * filters + channel * multiplier + m] = kernel.data[at * multiplier + m]!;
    }
  }
  return convolve(
    input,
    { shape: [...geometry.kernelSize, inChannels, filters], data: full },
    bias,
    geometry,
  );
}

function requireKernel(kernel: NdArray, geometry: PatchGeometry, channels: number, inChannels: number): void {
  const expected = [...geometry.kernelSize, channels];
  if (kernel.shape.slice(0, -1).join() !== expected.join() || channels !== inChannels) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A kernel of shape [${kernel.shape}] came where [${expected}, filters] was expected.`,
    );
  }
}

/**
 * Max or average pooling in float64; padding is ignored by the maximum and by the average, as in TensorFlow.
 *
 * @param input [batch, ...spatial, channels]
 * @returns [batch, ...outputSize, channels]
 * @throws SHAPE_MISMATCH when the input's spatial shape is not the geometry's.
 */
export function pool(input: NdArray, geometry: PatchGeometry, kind: 'max' | 'average'): NdArray {
  const [batch = 0, ...rest] = input.shape;
  const channels = rest.pop() ?? 0;
  if (rest.join() !== geometry.inputSize.join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `An input of shape [${input.shape}] came where [batch, ${geometry.inputSize}, channels] was expected.`,
    );
  }
  const offsets = patchOffsets(geometry);
  const taps = sizeOf(geometry.kernelSize);
  const positions = positionCount(geometry);
  const plane = sizeOf(geometry.inputSize);
  const data = new Float64Array(batch * positions * channels);
  for (let at = 0; at < batch * positions; at++) {
    const sample = Math.floor(at / positions);
    const window = offsets.subarray((at % positions) * taps, ((at % positions) + 1) * taps);
    const inside = window.filter((offset) => offset >= 0);
    for (let channel = 0; channel < channels; channel++) {
      let largest = Number.NEGATIVE_INFINITY;
      let sum = 0;
      for (const offset of inside) {
        const value = input.data[(sample * plane + offset) * channels + channel]!;
        largest = Math.max(largest, value);
        sum += value;
      }
      data[at * channels + channel] = kind === 'max' ? largest : sum / inside.length;
    }
  }
  return { shape: [batch, ...geometry.outputSize, channels], data };
}
