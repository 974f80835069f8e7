import type { ReportedLayer } from '../data/reported-network.js';
import type { NetworkRows, PlacedLayer } from './network-rows.js';

/** Unchanged layers in a line that are worth drawing as one. */
const fewest = 6;

/** A layer, or several unchanged ones drawn as one. */
export interface DrawnLayer extends PlacedLayer {
  /** How many layers it stands for. */
  readonly count: number;
}

export interface DrawnRows extends NetworkRows {
  readonly teacher: readonly DrawnLayer[];
  readonly student: readonly DrawnLayer[];
}

/** Long lines of unchanged layers as one row each, so that what was fused is seen at once. */
export function foldRows({ rows, teacher, student, spans }: NetworkRows): DrawnRows {
  const lines = plainLines(rows, teacher, student);
  /** Rows before this one that are drawn no more. */
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

/** Known by the name of the last, which is what others read. */
function merged(members: readonly PlacedLayer[]): ReportedLayer {
  const last = members.at(-1)!.layer;
  return {
    ...last,
    readsFrom: members[0]!.layer.readsFrom,
    parameters: members.reduce((sum, { layer }) => sum + layer.parameters, 0),
    multiplyAdds: members.reduce((sum, { layer }) => sum + layer.multiplyAdds, 0),
  };
}

/** Runs of rows whose layers are unchanged, read only the row before and feed only the row after. */
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
