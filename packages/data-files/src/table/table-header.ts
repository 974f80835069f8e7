import { invalid } from '../data-errors.js';
import { cellNumber } from './cell-number.js';

/**
 * Whether the first line names the columns: when it has no number in it.
 *
 * @throws DATA_FILE_INVALID when it has both numbers and others, and nobody has said what it is.
 */
export function isHeader(name: string, cells: readonly string[], stated: boolean | undefined): boolean {
  if (stated !== undefined) return stated;
  const numbers = cells.filter((cell) => cellNumber(cell) !== undefined).length;
  if (numbers === 0 || numbers === cells.length) return numbers === 0;
  throw invalid(
    name,
    `has numbers and other cells in its first line: names of columns, or numbers alone, were expected. Say as "header" whether it names the columns.`,
  );
}

/**
 * Where a column stands, from 0.
 *
 * @param header The columns' names, if they have some.
 * @throws DATA_FILE_INVALID for one that isn't there or stands there twice.
 */
export function positionOf(
  name: string,
  column: string | number,
  width: number,
  header: readonly string[] | undefined,
): number {
  if (typeof column === 'number') {
    if (Number.isSafeInteger(column) && column >= 0 && column < width) return column;
    throw invalid(name, `has no column ${column}: whole numbers from 0 to ${width - 1} were expected.`);
  }
  if (!header) {
    throw invalid(
      name,
      `has no header to look for column ${JSON.stringify(column)} in: give its position, from 0.`,
    );
  }
  const position = header.indexOf(column);
  if (position >= 0 && position === header.lastIndexOf(column)) return position;
  const listed = header.map((known) => JSON.stringify(known)).join(', ');
  throw invalid(
    name,
    `has ${position < 0 ? 'no' : 'more than one'} column ${JSON.stringify(column)}: its columns are ${listed}. Positions, from 0, will do as well.`,
  );
}
