import type { PlacedLayer } from './network-rows.js';

/** A connection that passes layers by, on a lane beside them. */
interface LanedEdge {
  /** First and last row, in which its ends are. */
  readonly from: number;
  readonly to: number;
  /** From 0, outwards. */
  readonly lane: number;
}

export interface Edges {
  /** Rows after which a layer feeds the next one directly. */
  readonly direct: ReadonlySet<number>;
  readonly laned: readonly LanedEdge[];
  readonly lanes: number;
}

/** Connections of one network; those that would cross keep to lanes of their own. */
export function edgeLanes(layers: readonly PlacedLayer[]): Edges {
  const byName = new Map(layers.map((placed) => [placed.layer.name, placed]));
  const direct = new Set<number>();
  const passing: { from: number; to: number }[] = [];
  for (const target of layers) {
    for (const name of target.layer.readsFrom) {
      const source = byName.get(name);
      if (!source) continue;
      const last = source.row + source.rows - 1;
      if (target.row === last + 1) direct.add(last);
      else passing.push({ from: last, to: target.row });
    }
  }
  passing.sort(
    (first, second) => first.to - first.from - (second.to - second.from) || first.from - second.from,
  );
  const laned: LanedEdge[] = [];
  for (const edge of passing) {
    const taken = laned.filter((other) => other.from < edge.to && edge.from < other.to);
    let lane = 0;
    while (taken.some((other) => other.lane === lane)) lane++;
    laned.push({ ...edge, lane });
  }
  return { direct, laned, lanes: 1 + Math.max(-1, ...laned.map(({ lane }) => lane)) };
}
