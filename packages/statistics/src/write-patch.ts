import type { PatchGeometry } from '@fuseinit/core';

/**
 * Writes the patch at one output position of a sample, zeros outside of the input.
 *
 * @param sample [...inputSize, channels]
 * @param position Of the outputs in row-major order.
 * @param patch [...kernelSize, channels], zeros.
 */
export function writePatch(
  sample: ArrayLike<number>,
  geometry: PatchGeometry,
  position: number,
  patch: Float32Array,
): void {
  const { inputSize, outputSize, kernelSize, strides, dilationRate, padding } = geometry;
  const taps = kernelSize.reduce((product, length) => product * length, 1);
  const channels = patch.length / taps;
  const at = pointOf(position, outputSize);
  for (let tap = 0; tap < taps; tap++) {
    const within = pointOf(tap, kernelSize);
    const reads = at.map(
      (start, axis) => start * strides[axis]! + within[axis]! * dilationRate[axis]! - padding[axis]![0],
    );
    if (reads.some((index, axis) => index < 0 || index >= inputSize[axis]!)) continue;
    const from = reads.reduce((index, step, axis) => index * inputSize[axis]! + step, 0) * channels;
    for (let channel = 0; channel < channels; channel++)
      patch[tap * channels + channel] = sample[from + channel]!;
  }
}

function pointOf(index: number, size: readonly number[]): number[] {
  const point: number[] = [];
  let rest = index;
  for (const length of size.toReversed()) {
    point.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return point;
}
