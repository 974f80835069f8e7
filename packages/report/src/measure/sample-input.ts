import type { ShapedArray } from '@fuseinit/tfjs';
import type { SampleImage, SampleInput } from '../data/fusion-report.js';

/** The most numbers that are kept of a sample that is no image. */
const mostValues = 256;

/** @param input One sample, without a batch axis. */
export function sampleInput({ data, shape }: ShapedArray, extent: Extent): SampleInput {
  const [height, width, channels] = shape;
  if (shape.length === 3 && (channels === 1 || channels === 3)) {
    return imageOf(data, { height: height!, width: width!, channels }, rangeOf(extent));
  }
  return { kind: 'values', shape, values: roundedValues(data, mostValues) };
}

/**
 * Returns the values of black and white: a usual range of pixels if the data keep to one, else the data's
 * own.
 */
function rangeOf({ low, high }: Extent): readonly [number, number] {
  if (low >= 0 && high <= 1) return [0, 1];
  if (low >= -1 && high <= 1) return [-1, 1];
  if (low >= 0 && high <= 255) return [0, 255];
  return [low, high];
}

/** The most pixels along a side. */
const longest = 64;

/** Converts an image to bytes; long sides are averaged down by whole factors. */
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
  // A clamped array rounds to the nearest integer.
  const bytes = Uint8ClampedArray.from(
    sums,
    (sum, cell) => (255 * (sum / counts[cell]! - low)) / (high - low || 1),
  );
  return { kind: 'image', width: columns, height: rows, channels, pixels: bytesToBase64(bytes), range };
}

/** The smallest and the largest number of an input over all samples so far. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

export const emptyExtent: Extent = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

export function widened(extent: Extent, data: ArrayLike<number>): Extent {
  let { low, high } = extent;
  for (let index = 0; index < data.length; index++) {
    low = Math.min(low, data[index]!);
    high = Math.max(high, data[index]!);
  }
  return { low, high };
}

/** Returns the first numbers, rounded to the digits that float32 can represent. */
export function roundedValues(values: ArrayLike<number>, most: number): number[] {
  return Array.from({ length: Math.min(values.length, most) }, (_, index) =>
    Number(values[index]!.toPrecision(6)),
  );
}

/** Encodes bytes by `btoa`, which both Node and browsers have and which takes a string of bytes. */
export function bytesToBase64(bytes: ArrayLike<number>): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** @throws DOMException if the text isn't Base64. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
}
