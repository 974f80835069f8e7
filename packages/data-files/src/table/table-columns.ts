import { invalid } from '../data-errors.js';
import type { SourceOptions } from '../source-options.js';
import { cellNumber } from './cell-number.js';
import { isHeader, positionOf } from './table-header.js';
import type { TableRow } from './table-rows.js';

export type ColumnOptions = Pick<SourceOptions, 'columns' | 'labelColumn' | 'header'>;

/** The columns of a table that are wanted. */
export interface TableColumns {
  readonly header: readonly string[] | undefined;
  readonly positions: readonly number[];
}

/**
 * Chooses columns by a table's first line.
 *
 * @throws DATA_FILE_INVALID when it may be a header or none, for a column that isn't there, or when none is left.
 */
export function chooseColumns(
  name: string,
  { cells }: TableRow,
  { columns, labelColumn, header: stated }: ColumnOptions,
): TableColumns {
  const header = isHeader(name, cells, stated) ? cells : undefined;
  const position = (column: string | number) => positionOf(name, column, cells.length, header);
  const label = labelColumn === undefined ? -1 : position(labelColumn);
  const positions = columns?.map(position) ?? [...cells.keys()].filter((index) => index !== label);
  if (positions.length === 0) throw invalid(name, 'has no column besides the labels: one was expected.');
  return { header, positions };
}

/**
 * Writes a row's numbers into `target` from `offset` on.
 *
 * @throws DATA_FILE_INVALID with line and column, for what is no number.
 */
export function readNumbers(
  name: string,
  { cells, line }: TableRow,
  { header, positions }: TableColumns,
  target: Float64Array,
  offset: number,
): void {
  positions.forEach((position, index) => {
    const value = cellNumber(cells[position]!);
    if (value === undefined) {
      const column = header ? JSON.stringify(header[position]) : `${position}, counted from 0`;
      throw invalid(
        name,
        `has ${JSON.stringify(cells[position])} in line ${line}, column ${column}: a number was expected. Replace it, or choose columns without it.`,
      );
    }
    target[offset + index] = value;
  });
}
