/** Whether no number is NaN or Infinity: without a call for each, since covariances have tens of millions. */
export function allFinite(values: Float32Array | Float64Array): boolean {
  for (let index = 0; index < values.length; index++) {
    if (values[index]! - values[index]! !== 0) return false;
  }
  return true;
}
