/**
 * Divides spans, in order, into groups whose moments fit into memory together. Each group takes one pass over
 * the data.
 *
 * @param bytes The maximum size of the moments of one group. A span that needs more forms a group of its own.
 */
export function passGroups<Span>(
  spans: readonly Span[],
  patchSizeOf: (span: Span) => number,
  bytes: number,
): Span[][] {
  const groups: Span[][] = [];
  let taken = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    // There are moments of the samples to solve on and of held-out ones, each in the backend and on the host,
    // in float64.
    const needed = 4 * 8 * patchSizeOf(span) ** 2;
    if (taken + needed > bytes) {
      groups.push([]);
      taken = 0;
    }
    groups.at(-1)!.push(span);
    taken += needed;
  }
  return groups;
}
