import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { patchOffsets } from '../geometry/extract-patches.js';
import { type PatchGeometry, positionCount } from '../geometry/patch-geometry.js';

/**
 * Max or average pooling in float64; padding counts neither as a value nor in an average, as in TensorFlow.
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
