import Table from 'cli-table3';
import { bold, clipped, printable } from './printable.js';

export interface Column {
  readonly head: string;
  /** The alignment; numbers are aligned right. */
  readonly align?: 'left' | 'right';
  /** Whether the column is shortened if the table would be wider than the terminal. */
  readonly isFlexible?: boolean;
}

/**
 * Returns the width of the terminal, from 60 to 200 characters. Output to a file has no limit, so that
 * nothing is cut.
 */
export function terminalWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY ? Math.min(200, Math.max(60, columns || 80)) : Number.POSITIVE_INFINITY;
}

const leastWidth = 16;
const gap = '  ';

/**
 * Formats a table without rules and with at most one flexible column.
 *
 * @param lineWidth The most characters in a line.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  lineWidth = terminalWidth(),
): string {
  const made = new Table({
    head: columns.map(({ head }) => bold(head)),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: { ...noLines, middle: gap },
  });
  const told = rows.map((row) => row.map(printable));
  const width = flexibleWidth(columns, told, lineWidth);
  for (const row of told) {
    made.push(row.map((cell, index) => (columns[index]?.isFlexible ? clipped(cell, width) : cell)));
  }
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Returns the width that the other columns leave. */
function flexibleWidth(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  lineWidth: number,
): number {
  const taken = columns
    .map(({ head, isFlexible }, index) =>
      isFlexible ? 0 : Math.max(head.length, ...rows.map((row) => [...(row[index] ?? '')].length)),
    )
    .reduce((sum, width) => sum + width + gap.length, -gap.length);
  return Math.max(leastWidth, lineWidth - taken);
}

const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
const edges = ['top', 'bottom', 'left', 'right', 'mid'] as const;
const crossings = ['top-mid', 'bottom-mid', 'left-mid', 'right-mid', 'mid-mid'] as const;
const noLines = Object.fromEntries([...corners, ...edges, ...crossings].map((place) => [place, '']));
