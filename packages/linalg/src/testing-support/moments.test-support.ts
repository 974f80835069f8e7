import {
  extractPatches,
  type Moments,
  momentsOfRows,
  type NdArray,
  ndArray,
  type PatchGeometry,
} from '@fuseinit/core';

/** The same numbers from -0.5 to 0.5 for the same seed. */
export function drawn(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  });
}

/**
 * Numbers around 1 with more zeros from column to column, of either sign: none in the first, all but a few in
 * the last.
 */
export function thinned(rows: number, columns: number, seed: number): Float32Array {
  const chances = drawn(rows * columns, seed + 1);
  return drawn(rows * columns, seed).map((value, at) => {
    const zero = chances[at]! + 0.5 < (at % columns) / columns;
    return zero ? value * 0 : value + 1;
  });
}

/** The moments of rows in float64 by the reference, which sums are held to. */
export function plainMoments(
  x: ArrayLike<number>,
  z: ArrayLike<number>,
  inputs: number,
  targets: number,
): Moments {
  const count = x.length / inputs;
  return momentsOfRows(ndArray([count, inputs], x), ndArray([count, targets], z));
}

/**
 * Patches of images [samples, ...inputSize, channels], written out by the reference: [samples * positions,
 * patchSize].
 */
export function plainPatches(x: Float32Array, geometry: PatchGeometry, channels: number): Float64Array {
  const sampleSize = geometry.inputSize.reduce((product, length) => product * length, channels);
  const shape = [x.length / sampleSize, ...geometry.inputSize, channels];
  return extractPatches(ndArray(shape, x), geometry).data;
}

/** Distance over length, both Euclidean. */
export function relativeError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let length = 0;
  for (let at = 0; at < expected.length; at++) {
    difference += (values[at]! - expected[at]!) ** 2;
    length += expected[at]! ** 2;
  }
  return Math.sqrt(difference / (length || 1));
}

/** The worst relative error of a covariance. */
export function worstCovariance(moments: Moments, expected: Moments): number {
  return Math.max(
    ...(['inputCovariance', 'crossCovariance', 'targetCovariance'] as const).map((part) =>
      relativeError(moments[part].data, expected[part].data),
    ),
  );
}

/**
 * The worst error of an entry of a covariance, in deviations of its row and its column; infinite where one of
 * the two is constant and the entry isn't zero, or where a variance is negative.
 */
export function worstEntry(moments: Moments, expected: Moments): number {
  const variances = ({ shape: [size = 0], data }: NdArray) =>
    Float64Array.from({ length: size }, (_, at) => data[at * size + at]!);
  const ofInputs = variances(expected.inputCovariance);
  const ofTargets = variances(expected.targetCovariance);
  let worst = 0;
  const compare = (
    part: keyof Moments & `${string}Covariance`,
    rows: Float64Array,
    columns: Float64Array,
  ) => {
    for (const [at, value] of expected[part].data.entries()) {
      const scale = Math.sqrt(rows[Math.floor(at / columns.length)]! * columns[at % columns.length]!);
      const error = Math.abs(moments[part].data[at]! - value);
      worst = Math.max(worst, error === 0 ? 0 : error / scale);
    }
  };
  compare('inputCovariance', ofInputs, ofInputs);
  compare('crossCovariance', ofTargets, ofInputs);
  compare('targetCovariance', ofTargets, ofTargets);
  const all = [...variances(moments.inputCovariance), ...variances(moments.targetCovariance)];
  return all.every((variance) => variance >= 0) ? worst : Number.POSITIVE_INFINITY;
}
