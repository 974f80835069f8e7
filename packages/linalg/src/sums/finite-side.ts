/** Which side of the column sums isn't finite, if any. */
export function finiteSide(inputs: Float64Array, targets: Float64Array): 'input' | 'target' | undefined {
  if (!inputs.every(Number.isFinite)) return 'input';
  return targets.every(Number.isFinite) ? undefined : 'target';
}
