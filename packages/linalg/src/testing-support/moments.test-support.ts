import type { PatchGeometry } from '../sums/patch-geometry.js';
import type { RowMoments } from '../sums/sums.js';

/** The same numbers from -0.5 to 0.5 for the same seed. */
export function drawn(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  });
}

/**
 * Numbers around 1 with more zeros from column to column, of either sign: none in the first, all but a few in the last.
 */
export function thinned(rows: number, columns: number, seed: number): Float32Array {
  const chances = drawn(rows * columns, seed + 1);
  return drawn(rows * columns, seed).map((value, at) => {
    const zero = chances[at]! + 0.5 < (at % columns) / columns;
    return zero ? value * 0 : value + 1;
  });
}

/** Moments in float64, in two passes: what sums are held to. */
export function plainMoments(
  x: ArrayLike<number>,
  z: ArrayLike<number>,
  inputs: number,
  targets: number,
): RowMoments {
  const count = x.length / inputs;
  const mean = (values: ArrayLike<number>, columns: number) => {
    const sums = new Float64Array(columns);
    for (let at = 0; at < count * columns; at++) sums[at % columns]! += values[at]!;
    return sums.map((sum) => sum / count);
  };
  const inputMean = mean(x, inputs);
  const targetMean = mean(z, targets);
  const covariance = (
    a: ArrayLike<number>,
    aMean: Float64Array,
    b: ArrayLike<number>,
    bMean: Float64Array,
  ): Float64Array => {
    const matrix = new Float64Array(aMean.length * bMean.length);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < aMean.length; i++) {
        const deviation = a[row * aMean.length + i]! - aMean[i]!;
        for (let j = 0; j < bMean.length; j++)
          matrix[i * bMean.length + j]! += deviation * (b[row * bMean.length + j]! - bMean[j]!);
      }
    }
    return matrix.map((sum) => sum / count);
  };
  return {
    count,
    inputMean,
    targetMean,
    inputCovariance: covariance(x, inputMean, x, inputMean),
    crossCovariance: covariance(z, targetMean, x, inputMean),
    targetCovariance: covariance(z, targetMean, z, targetMean),
  };
}

/** Patches written out, read by read: [samples * positions, taps * channels]. */
export function plainPatches(x: Float32Array, geometry: PatchGeometry, channels: number): Float64Array {
  const { inputSize, outputSize, kernelSize, strides, dilationRate, padding } = geometry;
  const size = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);
  const indexOf = (flat: number, lengths: readonly number[]) =>
    lengths.map((length, axis) => Math.floor(flat / size(lengths.slice(axis + 1))) % length);
  const samples = x.length / (size(inputSize) * channels);
  const patches: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let position = 0; position < size(outputSize); position++) {
      for (let tap = 0; tap < size(kernelSize); tap++) {
        const from = indexOf(position, outputSize);
        const offset = indexOf(tap, kernelSize);
        const at = inputSize.map(
          (_, axis) => from[axis]! * strides[axis]! + offset[axis]! * dilationRate[axis]! - padding[axis]![0],
        );
        const inside = at.every((place, axis) => place >= 0 && place < inputSize[axis]!);
        const pixel = at.reduce((flat, place, axis) => flat * inputSize[axis]! + place, sample);
        for (let channel = 0; channel < channels; channel++)
          patches.push(inside ? x[pixel * channels + channel]! : 0);
      }
    }
  }
  return Float64Array.from(patches);
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
export function worstCovariance(moments: RowMoments, expected: RowMoments): number {
  return Math.max(
    ...(['inputCovariance', 'crossCovariance', 'targetCovariance'] as const).map((part) =>
      relativeError(moments[part], expected[part]),
    ),
  );
}

/**
 * The worst error of an entry of a covariance, in deviations of its row and its column; infinite where one of the two is
 * constant and the entry isn't zero, or where a variance is negative.
 */
export function worstEntry(moments: RowMoments, expected: RowMoments): number {
  const variances = (matrix: Float64Array, size: number) =>
    Float64Array.from({ length: size }, (_, at) => matrix[at * size + at]!);
  const [inputs, targets] = [expected.inputMean.length, expected.targetMean.length];
  const ofInputs = variances(expected.inputCovariance, inputs);
  const ofTargets = variances(expected.targetCovariance, targets);
  let worst = 0;
  const compare = (
    part: keyof RowMoments & `${string}Covariance`,
    rows: Float64Array,
    columns: Float64Array,
  ) => {
    for (const [at, value] of expected[part].entries()) {
      const scale = Math.sqrt(rows[Math.floor(at / columns.length)]! * columns[at % columns.length]!);
      const error = Math.abs(moments[part][at]! - value);
      worst = Math.max(worst, error === 0 ? 0 : error / scale);
    }
  };
  compare('inputCovariance', ofInputs, ofInputs);
  compare('crossCovariance', ofTargets, ofInputs);
  compare('targetCovariance', ofTargets, ofTargets);
  const all = [
    ...variances(moments.inputCovariance, inputs),
    ...variances(moments.targetCovariance, targets),
  ];
  return all.every((variance) => variance >= 0) ? worst : Number.POSITIVE_INFINITY;
}
