import type { Window2d } from './window-2d.js';

/** Samples padded and cropped as a window asks, less a shift for each channel. */
export interface PaddedChunk {
  /** [count, height, width, channels] */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Lays out samples [count, ...inputSize, channels] for patches to be copied from; padding is zero before the shift. */
export function padChunk(
  images: Float32Array,
  count: number,
  shift: Float64Array,
  window: Window2d,
): PaddedChunk {
  const channels = shift.length;
  const [inHeight, inWidth] = window.inputSize;
  const [[top, bottom], [left, right]] = window.padding;
  const height = inHeight + top + bottom;
  const width = inWidth + left + right;
  const values = new Float32Array(count * height * width * channels);
  const firstColumn = Math.max(0, -left);
  const columns = Math.min(inWidth, width - left) - firstColumn;
  for (let sample = 0; sample < count; sample++) {
    for (let row = Math.max(0, -top); row < Math.min(inHeight, height - top); row++) {
      const from = ((sample * inHeight + row) * inWidth + firstColumn) * channels;
      const to = ((sample * height + row + top) * width + firstColumn + left) * channels;
      values.set(images.subarray(from, from + columns * channels), to);
    }
  }
  if (shift.some((value) => value !== 0)) {
    for (let index = 0; index < values.length; index++) values[index]! -= shift[index % channels]!;
  }
  return { values, height, width };
}
