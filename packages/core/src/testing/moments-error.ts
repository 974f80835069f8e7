import type { NdArray } from '../array/nd-array.js';
import type { Moments } from '../moments/moments.js';

/**
 * The largest error of any moment: of a mean, relative to the largest mean or deviation, whichever is more; of a
 * covariance, relative to the largest deviations of its two sides.
 *
 * Infinite when a shape differs.
 */
export function momentsError(actual: Moments, expected: Moments): number {
  const input = scaleOf(expected.inputMean, expected.inputCovariance);
  const target = scaleOf(expected.targetMean, expected.targetCovariance);
  return Math.max(
    distance(actual.inputMean, expected.inputMean) / input.mean,
    distance(actual.targetMean, expected.targetMean) / target.mean,
    distance(actual.inputCovariance, expected.inputCovariance) / input.deviation ** 2,
    distance(actual.crossCovariance, expected.crossCovariance) / (input.deviation * target.deviation),
    distance(actual.targetCovariance, expected.targetCovariance) / target.deviation ** 2,
  );
}

/** Of no variance at all, as in a single row, the mean is the scale. */
function scaleOf(mean: NdArray, covariance: NdArray): { mean: number; deviation: number } {
  const deviation = Math.sqrt(largest(covariance.data));
  const largestMean = Math.max(largest(mean.data), deviation);
  return { mean: largestMean || 1, deviation: deviation || largestMean || 1 };
}

function distance(actual: NdArray, expected: NdArray): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  return largest(actual.data.map((value, index) => value - expected.data[index]!));
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
