/** Whether an input's variance is more than the rounding of its mean could leave. */
export function varies(variance: number, mean: number): boolean {
  const rounding = 8 * Number.EPSILON * mean;
  return variance > rounding * rounding;
}

/** The inputs that never vary, by the variance and the mean of each. */
export function deadInputsOf(variances: Float64Array, means: Float64Array): number[] {
  const dead: number[] = [];
  for (let input = 0; input < variances.length; input++) {
    if (!varies(variances[input]!, means[input]!)) dead.push(input);
  }
  return dead;
}
