import { invalid } from '../data-errors.js';
import type { SourceOptions } from '../source-options.js';
import { positionOf } from './table-header.js';

export type ColumnOptions = Pick<SourceOptions, 'columns' | 'labelColumn'>;

/** The columns of a table that are wanted. */
export interface TableColumns {
  readonly header: readonly string[] | undefined;
  readonly positions: readonly number[];
  /** Where an index stands that has no name and isn't wanted. */
  readonly index: number | undefined;
}

/** What pandas calls a column without a name when it reads one. */
const unnamed = ['', 'Unnamed: 0'];

/**
 * Chooses columns by a table's first line.
 *
 * @param width How many cells a line has.
 * @throws DATA_FILE_INVALID for a column that isn't there, or when none is left.
 */
export function chooseColumns(
  name: string,
  width: number,
  header: readonly string[] | undefined,
  { columns, labelColumn }: ColumnOptions,
): TableColumns {
  const position = (column: string | number) => positionOf(name, column, width, header);
  if (columns) return { header, positions: columns.map(position), index: undefined };
  const labels = [labelColumn ?? []].flat().map(position);
  const index = width > 1 && !labels.includes(0) && unnamed.includes(header?.[0] ?? 'none') ? 0 : undefined;
  const positions = Array.from({ length: width }, (_, place) => place).filter(
    (place) => !labels.includes(place) && place !== index,
  );
  if (positions.length === 0) throw invalid(name, 'has no column besides the labels: one was expected.');
  return { header, positions, index };
}

const mostNames = 8;

/** What is read of a table, and what isn't. */
export function columnsInWords({ header, positions, index }: TableColumns): string {
  if (!header) return 'columns without names';
  const without = index === undefined ? '' : ', without its index';
  if (positions.length > mostNames) return `${positions.length} columns by its header${without}`;
  return `columns ${positions.map((position) => header[position]).join(', ')}${without}`;
}
