import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import type { Moments } from './moments.js';

/**
 * The moments of smaller patches in the middle of larger ones, `floor((K - k) / 2)` from their start: what collecting
 * with {@link centerKernel} of the same size would give, since a smaller kernel reads fewer inputs at the same positions.
 *
 * @param moments Of patches [...from, channels].
 * @returns Moments of patches [...to, channels]; nothing is shared.
 * @throws KERNEL_TOO_LARGE when `to` exceeds `from`.
 * @throws SHAPE_MISMATCH when the moments are of other patches.
 */
export function centerMoments(
  moments: Moments,
  {
    from,
    to,
    channels,
  }: { readonly from: readonly number[]; readonly to: readonly number[]; readonly channels: number },
): Moments {
  const inputs = moments.inputMean.data.length;
  const expected = from.reduce((size, length) => size * length, channels);
  if (inputs !== expected || from.length !== to.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `Moments of ${inputs} inputs came where patches of [${[...from, channels]}] have ${expected}, to be cut to [${to}].`,
    );
  }
  if (to.some((size, axis) => size > from[axis]!)) {
    throw new FuseInitError(
      'KERNEL_TOO_LARGE',
      `A kernel of [${to}] was asked for of patches of [${from}]: that or less was expected.`,
    );
  }
  const kept = insideOf(from, to).flatMap((place) =>
    Array.from({ length: channels }, (_, channel) => place * channels + channel),
  );
  return {
    count: moments.count,
    inputMean: picked(moments.inputMean, null, kept),
    targetMean: { ...moments.targetMean, data: moments.targetMean.data.slice() },
    inputCovariance: picked(moments.inputCovariance, kept, kept),
    crossCovariance: picked(moments.crossCovariance, null, kept),
    targetCovariance: { ...moments.targetCovariance, data: moments.targetCovariance.data.slice() },
  };
}

/** The places of the smaller window in the larger one, flat, in order. */
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

/** Some columns of a vector or a matrix, and of a matrix these rows, or all. */
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
