import type { Tensor4D, TensorFlow } from '../tensorflow.js';

/** Zeros added before and after; a negative number takes away. */
export type Margins = readonly [before: number, after: number];

/** Zeros around the rows and the columns of [batch, rows, columns, channels]. */
export function padOrCrop(tf: TensorFlow, x: Tensor4D, rows: Margins, columns: Margins): Tensor4D {
  const cropped = crop(x, rows, columns);
  const [batch, height, width, channels] = cropped.shape;
  const zeros = [rows, columns].map((margins) => margins.map((margin) => Math.max(0, margin)));
  const [[top, bottom], [left, right]] = zeros as [[number, number], [number, number]];
  if (top + bottom + left + right === 0) return cropped;
  // Longer runs to copy: a row is one of them.
  const flat = cropped.reshape([batch, height, width * channels]);
  return tf
    .pad(flat, [
      [0, 0],
      [top, bottom],
      [left * channels, right * channels],
    ])
    .reshape([batch, height + top + bottom, width + left + right, channels]);
}

function crop(x: Tensor4D, rows: Margins, columns: Margins): Tensor4D {
  const less = ([before, after]: Margins) => [Math.max(0, -before), Math.max(0, -after)] as const;
  const [top, bottom] = less(rows);
  const [left, right] = less(columns);
  if (top + bottom + left + right === 0) return x;
  const [batch, height, width, channels] = x.shape;
  return x.slice([0, top, left, 0], [batch, height - top - bottom, width - left - right, channels]);
}
