/**
 * Spans in groups whose moments fit into memory together, in their order: one pass over the data for each.
 *
 * @param bytes Of the moments of one group; a span that needs more has a group of its own.
 */
export function passGroups<Span>(
  spans: readonly Span[],
  patchSizeOf: (span: Span) => number,
  bytes: number,
): Span[][] {
  const groups: Span[][] = [];
  let taken = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    // Those to solve on and those held out, each in the backend and at home, in float64.
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
