import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import type { CalibrationRows, Moments } from './moments.js';

/**
 * The moments of smaller patches in the centre of larger ones, `floor((K - k) / 2)` from their start. They
 * equal the moments collected with {@link centerKernel} of the same size, since a smaller kernel reads fewer
 * inputs at the same positions.
 *
 * @param moments The moments of patches [...from, channels].
 * @returns the moments of patches [...to, channels], which share no data with `moments`.
 * @throws KERNEL_TOO_LARGE when `to` exceeds `from`.
 * @throws SHAPE_MISMATCH when the moments are of patches of another size.
 */
export function centerMoments(moments: Moments, cut: PatchCut): Moments {
  const kept = columnsInside(moments.inputMean.data.length, cut);
  return {
    count: moments.count,
    inputMean: picked(moments.inputMean, null, kept),
    targetMean: { ...moments.targetMean, data: moments.targetMean.data.slice() },
    inputCovariance: picked(moments.inputCovariance, kept, kept),
    crossCovariance: picked(moments.crossCovariance, null, kept),
    targetCovariance: { ...moments.targetCovariance, data: moments.targetCovariance.data.slice() },
    ...(moments.precision !== undefined && { precision: moments.precision }),
  };
}

/**
 * The rows of smaller patches in the centre of larger ones; the counterpart of {@link centerMoments} for
 * rows.
 *
 * @param rows The rows of patches [...from, channels].
 * @returns the rows of patches [...to, channels], which share their targets with `rows`.
 * @throws KERNEL_TOO_LARGE when `to` exceeds `from`.
 * @throws SHAPE_MISMATCH when the rows are of patches of another size.
 */
export function centerRows(rows: CalibrationRows, cut: PatchCut): CalibrationRows {
  const { data, shape } = rows.inputs;
  const width = shape.at(-1)!;
  const kept = columnsInside(width, cut);
  const values = new Float32Array((data.length / width) * kept.length);
  let at = 0;
  for (let start = 0; start < data.length; start += width)
    for (const column of kept) values[at++] = data[start + column]!;
  return { ...rows, inputs: { shape: [...shape.slice(0, -1), kept.length], data: values } };
}

/** The kernel sizes before and after patches are cropped, and the channels at each position. */
export interface PatchCut {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly channels: number;
}

/** The indices of the smaller patch's inputs in the larger patch, in order. */
function columnsInside(inputs: number, { from, to, channels }: PatchCut): number[] {
  const expected = from.reduce((size, length) => size * length, channels);
  if (inputs !== expected || from.length !== to.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${inputs} inputs came where patches of [${[...from, channels]}] have ${expected}, to be cut to [${to}].`,
    );
  }
  if (to.some((size, axis) => size > from[axis]!)) {
    throw new FuseInitError(
      'KERNEL_TOO_LARGE',
      `A kernel of [${to}] was asked for of patches of [${from}]: that or less was expected.`,
    );
  }
  return insideOf(from, to).flatMap((place) =>
    Array.from({ length: channels }, (_, channel) => place * channels + channel),
  );
}

/** The flat indices of the smaller window's positions in the larger window, in order. */
function insideOf(from: readonly number[], to: readonly number[]): number[] {
  return from.reduce<number[]>(
    (places, length, axis) => {
      const before = Math.floor((length - to[axis]!) / 2);
      return places.flatMap((place) =>
        Array.from({ length: to[axis]! }, (_, step) => place * length + before + step),
      );
    },
    [0],
  );
}

/**
 * The given columns of a vector, or the given columns and rows of a matrix, where null stands for all rows.
 */
function picked(
  { shape, data }: NdArray,
  rows: readonly number[] | null,
  columns: readonly number[],
): NdArray {
  const width = shape.at(-1)!;
  const from = rows ?? Array.from({ length: data.length / width }, (_, row) => row);
  const values = new Float64Array(from.length * columns.length);
  let at = 0;
  for (const row of from) for (const column of columns) values[at++] = data[row * width + column]!;
  return { shape: [...(shape.length > 1 ? [from.length] : []), columns.length], data: values };
}
