import type { NdArray } from '../array/nd-array.js';
import type { Moments } from './moments.js';

/** Which side of the rows behind moments held NaN, Infinity or a number too large to square, if any. */
export function notFiniteSide(moments: Moments): 'input' | 'target' | undefined {
  if (!isAllFinite(moments.inputMean, moments.inputCovariance)) return 'input';
  return isAllFinite(moments.targetMean, moments.targetCovariance) ? undefined : 'target';
}

/** A value that isn't finite makes its column's mean so; one whose square overflows, its variance. */
function isAllFinite(mean: NdArray, covariance: NdArray): boolean {
  const size = mean.data.length;
  return mean.data.every((value, index) => Number.isFinite(value + covariance.data[index * (size + 1)]!));
}
