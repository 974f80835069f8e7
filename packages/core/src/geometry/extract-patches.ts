import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type PatchGeometry, positionCount } from './patch-geometry.js';

/**
 * Writes out the patches that a convolution of this geometry reads: one row for each sample and output
 * position, zero outside the input.
 *
 * This is the float64 reference that every backend's extraction is checked against.
 *
 * @param input [batch, ...spatial, channels]
 * @returns [batch * positions, ...kernelSize * channels], each row in the order of the kernel.
 * @throws SHAPE_MISMATCH when the input's spatial shape is not the geometry's.
 */
export function extractPatches(input: NdArray, geometry: PatchGeometry): NdArray {
  const [batch = 0, ...rest] = input.shape;
  const channels = rest.pop() ?? 0;
  if (rest.join() !== geometry.inputSize.join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `An input of shape [${input.shape}] came where [batch, ${geometry.inputSize}, channels] was expected.`,
    );
  }
  const patchSize = sizeOf(geometry.kernelSize) * channels;
  const data = new Float64Array(batch * positionCount(geometry) * patchSize);
  const offsets = patchOffsets(geometry);
  const plane = sizeOf(geometry.inputSize) * channels;
  let out = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (const offset of offsets) {
      if (offset >= 0) {
        const start = sample * plane + offset * channels;
        data.set(input.data.subarray(start, start + channels), out);
      }
      out += channels;
    }
  }
  return { shape: [batch * positionCount(geometry), patchSize], data };
}

/**
 * The flat index of the input position that is read, for each output position and, within it, each kernel
 * position; -1 outside the input.
 */
export function patchOffsets(geometry: PatchGeometry): Int32Array {
  const { inputSize, outputSize, kernelSize, strides, dilationRate, padding } = geometry;
  const offsets = new Int32Array(positionCount(geometry) * sizeOf(kernelSize));
  const rank = inputSize.length;
  let next = 0;
  for (const position of gridPoints(outputSize)) {
    for (const tap of gridPoints(kernelSize)) {
      let index = 0;
      for (let axis = 0; axis < rank && index >= 0; axis++) {
        const at = position[axis]! * strides[axis]! + tap[axis]! * dilationRate[axis]! - padding[axis]![0];
        index = at < 0 || at >= inputSize[axis]! ? -1 : index * inputSize[axis]! + at;
      }
      offsets[next++] = index;
    }
  }
  return offsets;
}

function* gridPoints(size: readonly number[]): Generator<readonly number[]> {
  const [length, ...rest] = size;
  if (length === undefined) {
    yield [];
    return;
  }
  for (let at = 0; at < length; at++) {
    for (const point of gridPoints(rest)) yield [at, ...point];
  }
}
