import type { RowMoments } from './sums.js';

/** The moments of the rows of both, by Chan's update: no digits of a covariance are lost to means that differ. */
export function mergeMoments(first: RowMoments, second: RowMoments): RowMoments {
  if (first.count === 0) return second;
  if (second.count === 0) return first;
  const count = first.count + second.count;
  const weight = second.count / count;
  const distances = (a: Float64Array, b: Float64Array) => a.map((value, column) => b[column]! - value);
  const input = distances(first.inputMean, second.inputMean);
  const target = distances(first.targetMean, second.targetMean);

  /** Changes the first, and gives it back: covariances are large. */
  function covariance(a: Float64Array, b: Float64Array, rows: Float64Array, columns: Float64Array) {
    const between = weight * (1 - weight);
    let at = 0;
    for (const row of rows) {
      for (const column of columns) {
        a[at] = (1 - weight) * a[at]! + weight * b[at]! + between * (row * column);
        at++;
      }
    }
    return a;
  }

  return {
    count,
    inputMean: first.inputMean.map((mean, column) => mean + weight * input[column]!),
    targetMean: first.targetMean.map((mean, column) => mean + weight * target[column]!),
    inputCovariance: covariance(first.inputCovariance, second.inputCovariance, input, input),
    crossCovariance: covariance(first.crossCovariance, second.crossCovariance, target, input),
    targetCovariance: covariance(first.targetCovariance, second.targetCovariance, target, target),
  };
}
