import { doublePrecision } from '../moments/moments.js';

/**
 * Whether an input's variance is more than rounding could leave of a constant: that of its mean in float64 sums, and
 * that of values of the given precision.
 */
export function varies(variance: number, mean: number, precision = doublePrecision): boolean {
  const rounding = Math.max(8 * Number.EPSILON, 4 * precision) * mean;
  return variance > rounding * rounding;
}

/** The inputs that never vary, by the variance and the mean of each. */
export function deadInputsOf(
  variances: Float64Array,
  means: Float64Array,
  precision = doublePrecision,
): number[] {
  const dead: number[] = [];
  for (let input = 0; input < variances.length; input++) {
    if (!varies(variances[input]!, means[input]!, precision)) dead.push(input);
  }
  return dead;
}
