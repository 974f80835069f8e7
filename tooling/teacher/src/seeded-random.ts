/** mulberry32: a small generator of uniform numbers in [0, 1), the same on every machine for a given seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A permutation of `0 .. length - 1` (Fisher-Yates). */
export function shuffledIndices(length: number, random: () => number): Uint32Array {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const held = indices[last]!;
    indices[last] = indices[other]!;
    indices[other] = held;
  }
  return indices;
}
