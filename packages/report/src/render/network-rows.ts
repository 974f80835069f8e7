import type { FusionReport } from '../data/fusion-report.js';
import type { ReportedLayer } from '../data/reported-network.js';

/** What became of a layer. */
type LayerState = 'kept' | 'refitted' | 'fused';

/**
 * A layer in a drawing: rows count from 0, and a fused layer takes as many as those in whose place it stands.
 */
export interface PlacedLayer {
  readonly layer: ReportedLayer;
  readonly row: number;
  readonly rows: number;
  readonly state: LayerState;
  /** Index of the span that it belongs to; null where it belongs to none. */
  readonly span: number | null;
}

/** Both networks in rows, so that what one became of the other stands beside it. */
export interface NetworkRows {
  readonly rows: number;
  readonly teacher: readonly PlacedLayer[];
  readonly student: readonly PlacedLayer[];
  /** Rows of each span. */
  readonly spans: readonly { readonly row: number; readonly rows: number }[];
}

export function networkRows({ teacher, student, spans, refits }: FusionReport): NetworkRows {
  const byName = new Map(student.layers.map((layer) => [layer.name, layer]));
  const refitted = new Set(refits.map(({ name }) => name));
  const placed = { teacher: [] as PlacedLayer[], student: [] as PlacedLayer[] };
  const spanRows: { row: number; rows: number }[] = [];
  let row = 0;

  const take = (name: string): ReportedLayer | undefined => {
    const layer = byName.get(name);
    byName.delete(name);
    return layer;
  };
  const placeSpan = (span: number): void => {
    const { layers, replacedBy } = spans[span]!;
    const old = layers.flatMap((name) => teacher.layers.find((layer) => layer.name === name) ?? []);
    const made = replacedBy.flatMap((name) => take(name) ?? []);
    const rows = Math.max(old.length, made.length);
    for (const [index, layer] of old.entries()) {
      placed.teacher.push({ layer, row: row + index, rows: 1, state: 'fused', span });
    }
    for (const [index, layer] of made.entries()) {
      const isLast = index === made.length - 1;
      const height = isLast ? rows - index : 1;
      placed.student.push({ layer, row: row + index, rows: height, state: 'fused', span });
    }
    spanRows[span] = { row, rows };
    row += rows;
  };

  for (const layer of teacher.layers) {
    const span = spans.findIndex(({ layers }) => layers.includes(layer.name));
    // A span's layers feed none but each other, so they can stand together where the first one stands.
    if (span !== -1) {
      if (spans[span]!.layers[0] === layer.name) placeSpan(span);
      continue;
    }
    const same = take(layer.name);
    const state = refitted.has(layer.name) ? 'refitted' : 'kept';
    placed.teacher.push({ layer, row, rows: 1, state: 'kept', span: null });
    if (same) placed.student.push({ layer: same, row, rows: 1, state, span: null });
    row++;
  }
  for (const layer of byName.values()) {
    placed.student.push({ layer, row: row++, rows: 1, state: 'kept', span: null });
  }
  return { rows: row, ...placed, spans: spanRows };
}
