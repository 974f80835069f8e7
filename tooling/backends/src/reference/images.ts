import type { NdArray } from '@fuseinit/core';
import { at, build } from './arrays.js';

/** Where one axis of an image is read, in positions of the input. */
export type Sampling = (output: number, inputLength: number, outputLength: number) => number;

/** The first pixel is the input's first. TensorFlow 1's default, which TensorFlow.js keeps. */
export const fromFirstPixel: Sampling = (output, inputLength, outputLength) =>
  (output * inputLength) / outputLength;

/** The first pixel is the input's first, the last one its last. */
export const alignedCorners: Sampling = (output, inputLength, outputLength) =>
  outputLength === 1 ? 0 : (output * (inputLength - 1)) / (outputLength - 1);

/** `image` [batch, height, width, channels] resized, the four pixels around each place weighed by their distance. */
export function resizeBilinear(
  image: NdArray,
  [height, width]: readonly [number, number],
  sampling: Sampling,
): NdArray {
  const [batch, rows, columns, channels] = image.shape as [number, number, number, number];
  return build([batch, height, width, channels], ([sample, row, column, channel]) => {
    const y = sampling(row!, rows, height);
    const x = sampling(column!, columns, width);
    let value = 0;
    for (const [i, ofRow] of neighbours(y, rows))
      for (const [j, ofColumn] of neighbours(x, columns))
        value += ofRow * ofColumn * at(image, [sample!, i, j, channel!]);
    return value;
  });
}

function neighbours(position: number, length: number): [position: number, weight: number][] {
  const before = Math.floor(position);
  const fraction = position - before;
  return [
    [before, 1 - fraction],
    [Math.min(before + 1, length - 1), fraction],
  ];
}

/** `image` [batch, height, width, channels] resized; `round` chooses the pixel from the place that is read. */
export function resizeNearest(
  image: NdArray,
  [height, width]: readonly [number, number],
  sampling: Sampling,
  round: (position: number) => number,
): NdArray {
  const [batch, rows, columns, channels] = image.shape as [number, number, number, number];
  return build([batch, height, width, channels], ([sample, row, column, channel]) => {
    const y = Math.min(round(sampling(row!, rows, height)), rows - 1);
    const x = Math.min(round(sampling(column!, columns, width)), columns - 1);
    return at(image, [sample!, y, x, channel!]);
  });
}

/** Rows and columns of [batch, height, width, channels]: zeros where the margin is positive, cut off where negative. */
export function changeBorders(
  image: NdArray,
  [rows, columns]: readonly [readonly [number, number], readonly [number, number]],
): NdArray {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const shape = [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels];
  return build(shape, ([sample, row, column, channel]) => {
    const [y, x] = [row! - rows[0], column! - columns[0]];
    return y >= 0 && y < height && x >= 0 && x < width ? at(image, [sample!, y, x, channel!]) : 0;
  });
}
