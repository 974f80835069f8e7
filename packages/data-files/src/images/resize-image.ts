import type { Numbers } from '../sample-source.js';

/** The interpolation, as in `tf.image.resize`: 'bilinear', 'bilinear' with `antialias=True`, or 'nearest'. */
export type Interpolation = 'bilinear' | 'antialiased' | 'nearest';

export const interpolations: readonly Interpolation[] = ['bilinear', 'antialiased', 'nearest'];

/**
 * Resizes an image exactly as `tf.image.resize` does: pixel centres are at halves, and the pixels at the edge
 * are repeated beyond it.
 *
 * @param pixels [height, width, channels]
 * @returns [size.height, size.width, channels]; the same array where the size is the same.
 */
export function resizeImage(
  pixels: Uint8Array,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  size: { readonly height: number; readonly width: number },
  interpolation: Interpolation,
): Numbers {
  if (size.height === height && size.width === width) return pixels;
  const rows = tapsOf(height, size.height, interpolation);
  const columns = tapsOf(width, size.width, interpolation);
  const rowLength = size.width * channels;
  const widened = new Float64Array(height * rowLength);
  for (let row = 0; row < height; row++) {
    for (const [column, { first, weights }] of columns.entries()) {
      for (const [tap, weight] of weights.entries()) {
        const from = (row * width + first + tap) * channels;
        const to = row * rowLength + column * channels;
        for (let channel = 0; channel < channels; channel++) {
          widened[to + channel]! += weight * pixels[from + channel]!;
        }
      }
    }
  }
  const resized = new Float64Array(size.height * rowLength);
  for (const [row, { first, weights }] of rows.entries()) {
    for (const [tap, weight] of weights.entries()) {
      for (let index = 0; index < rowLength; index++) {
        resized[row * rowLength + index]! += weight * widened[(first + tap) * rowLength + index]!;
      }
    }
  }
  return new Float32Array(resized);
}

/** The pixels along an axis that make up one pixel, and their weights. */
interface Taps {
  readonly first: number;
  /** The weights, which sum to 1. */
  readonly weights: readonly number[];
}

function tapsOf(from: number, to: number, interpolation: Interpolation): Taps[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, index) => {
    if (interpolation === 'nearest') {
      // TensorFlow computes it in float32, which decides where a centre falls between two pixels.
      const centre = Math.fround((index + 0.5) * Math.fround(scale));
      return { first: Math.min(Math.floor(centre), from - 1), weights: [1] };
    }
    return triangle((index + 0.5) * scale, interpolation === 'antialiased' ? Math.max(scale, 1) : 1, from);
  });
}

/**
 * Weights that fall from the centre to nothing at `radius`. Those beyond the edge are shared out among the
 * others, which for a radius of 1 is the same as repeating the pixel at the edge.
 */
function triangle(centre: number, radius: number, length: number): Taps {
  const first = Math.max(0, Math.ceil(centre - radius - 0.5));
  const last = Math.min(length - 1, Math.floor(centre + radius - 0.5));
  const weights = Array.from(
    { length: last - first + 1 },
    (_, tap) => 1 - Math.abs(first + tap + 0.5 - centre) / radius,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { first, weights: weights.map((weight) => weight / sum) };
}
