/** A permutation of `0 .. count - 1`, by numbers uniform in [0, 1) (Fisher-Yates). */
export function shuffledIndices(count: number, uniform: () => number): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    const held = indices[last]!;
    indices[last] = indices[other]!;
    indices[other] = held;
  }
  return indices;
}
