import type { SampleImage } from '../data/sample-report.js';
import { bytesToBase64 } from './base64.js';

/** Pixels along a side, at most. */
const longest = 64;

/** An image as bytes, long sides averaged down by whole factors. */
export function imageOf(
  data: ArrayLike<number>,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
  range: readonly [low: number, high: number],
): SampleImage {
  const factor = Math.ceil(Math.max(height, width) / longest);
  const [rows, columns] = [Math.ceil(height / factor), Math.ceil(width / factor)];
  const sums = new Float64Array(rows * columns * channels);
  const counts = new Float64Array(sums.length);
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / channels);
    const row = Math.floor(pixel / width / factor);
    const column = Math.floor((pixel % width) / factor);
    const cell = (row * columns + column) * channels + (index % channels);
    sums[cell]! += data[index]!;
    counts[cell]!++;
  }
  const [low, high] = range;
  // A clamped array rounds.
  const bytes = Uint8ClampedArray.from(
    sums,
    (sum, cell) => (255 * (sum / counts[cell]! - low)) / (high - low || 1),
  );
  return { kind: 'image', width: columns, height: rows, channels, pixels: bytesToBase64(bytes), range };
}
