import Table from 'cli-table3';
import { bold } from './emphasis.js';
import { clipped } from './printable.js';

export interface Column {
  readonly head: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
  /** Longer cells are cut. */
  readonly width?: number;
}

/** A table without lines; two spaces stand between its columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    head: columns.map(({ head }) => bold(head)),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: noLines,
  });
  for (const row of rows) {
    made.push(row.map((cell, index) => clipped(cell, columns[index]?.width ?? cell.length)));
  }
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const places = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'] as const;
const others = ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;
const noLines = {
  ...Object.fromEntries([...places, ...others].map((place) => [place, ''])),
  middle: '  ',
};
