import type { FusionReport, ReportedLayer } from '../data/fusion-report.js';

/** What the fusion did with a layer. */
type LayerState = 'kept' | 'refitted' | 'fused';

/**
 * A layer in the drawing. Rows count from 0, and a fused layer takes as many rows as the layers that it
 * replaces.
 */
export interface PlacedLayer {
  readonly layer: ReportedLayer;
  readonly row: number;
  readonly rows: number;
  readonly state: LayerState;
  /** The index of the span that it belongs to, or null. */
  readonly span: number | null;
}

/** Both networks in rows, so that a fused layer stands beside the layers that it replaces. */
export interface NetworkRows {
  readonly rows: number;
  readonly teacher: readonly PlacedLayer[];
  readonly student: readonly PlacedLayer[];
  /** The rows of each span. */
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
    // A span's layers feed only each other, so they can stand together in the place of the first one.
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

/** The least number of consecutive unchanged layers that are drawn as one. */
const fewest = 6;

/** A layer, or several unchanged layers drawn as one. */
export interface DrawnLayer extends PlacedLayer {
  /** The number of layers that it stands for. */
  readonly count: number;
}

export interface DrawnRows extends NetworkRows {
  readonly teacher: readonly DrawnLayer[];
  readonly student: readonly DrawnLayer[];
}

/** Draws each long run of unchanged layers as one row, so that the fused layers are seen at once. */
export function foldRows({ rows, teacher, student, spans }: NetworkRows): DrawnRows {
  const lines = plainLines(rows, teacher, student);
  /** Returns how many of the rows before this one are no longer drawn. */
  const gone = (row: number) =>
    lines.reduce((sum, { first, last }) => sum + Math.max(0, Math.min(row, last) - first), 0);
  const drawn = (layers: readonly PlacedLayer[]) =>
    layers.flatMap((placed): DrawnLayer[] => {
      const row = placed.row - gone(placed.row);
      const line = lines.find(({ first, last }) => placed.row >= first && placed.row <= last);
      if (!line) return [{ ...placed, row, count: 1 }];
      if (placed.row !== line.last) return [];
      const members = layers.filter((other) => other.row >= line.first && other.row <= line.last);
      return [{ ...placed, row, layer: merged(members), count: members.length }];
    });
  return {
    rows: rows - gone(rows),
    teacher: drawn(teacher),
    student: drawn(student),
    spans: spans.map((span) => ({ ...span, row: span.row - gone(span.row) })),
  };
}

/** The merged layer has the name of the last one, since other layers read that one. */
function merged(members: readonly PlacedLayer[]): ReportedLayer {
  const last = members.at(-1)!.layer;
  return {
    ...last,
    readsFrom: members[0]!.layer.readsFrom,
    parameters: members.reduce((sum, { layer }) => sum + layer.parameters, 0),
    multiplyAdds: members.reduce((sum, { layer }) => sum + layer.multiplyAdds, 0),
  };
}

/** Finds runs of rows whose layers are unchanged, read only the row before and feed only the row after. */
function plainLines(
  rows: number,
  teacher: readonly PlacedLayer[],
  student: readonly PlacedLayer[],
): { readonly first: number; readonly last: number }[] {
  const isPlain = Array.from({ length: rows }, (_, row) =>
    [teacher, student].every((layers) => isPlainIn(layers, row)),
  );
  const lines: { first: number; last: number }[] = [];
  for (let first = 0; first < rows; first++) {
    if (!isPlain[first]) continue;
    let last = first;
    while (isPlain[last + 1]) last++;
    if (last - first + 1 >= fewest) lines.push({ first, last });
    first = last;
  }
  return lines;
}

function isPlainIn(layers: readonly PlacedLayer[], row: number): boolean {
  const own = layers.find((placed) => placed.row === row);
  const before = layers.find((placed) => placed.row + placed.rows === row);
  if (own?.state !== 'kept' || own.layer.isOutput || own.span !== null || !before || before.span !== null)
    return false;
  const readers = layers.filter(({ layer }) => layer.readsFrom.includes(own.layer.name));
  return (
    own.layer.readsFrom.join() === before.layer.name &&
    readers.length === 1 &&
    readers[0]!.row === row + 1 &&
    readers[0]!.span === null
  );
}
