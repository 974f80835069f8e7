import { invalid } from '../check/data-errors.js';

type Row = Readonly<Record<string, string | undefined>>;

/**
 * A column's value in a row.
 *
 * @param path The table's, for errors.
 * @param index The row's, from 0, for errors.
 * @throws DATA_FILE_INVALID for what is no number.
 */
export function numberIn(path: string, row: Row, index: number, column: string): number {
  const text = row[column]?.trim() ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw unexpected(path, row, index, column, 'a number');
  return value;
}

/**
 * Which of some categories a row has, from 0.
 *
 * @throws DATA_FILE_INVALID for another category.
 */
export function categoryIn(
  path: string,
  row: Row,
  index: number,
  column: string,
  categories: readonly string[],
): number {
  const category = categories.indexOf(row[column] ?? '');
  if (category < 0) throw unexpected(path, row, index, column, `one of ${categories.join(', ')}`);
  return category;
}

/**
 * 1 for the category that a row has, 0 for the others.
 *
 * @throws DATA_FILE_INVALID for another category.
 */
export function oneHotIn(
  path: string,
  row: Row,
  index: number,
  column: string,
  categories: readonly string[],
): number[] {
  const category = categoryIn(path, row, index, column, categories);
  return categories.map((_, position) => Number(position === category));
}

function unexpected(path: string, row: Row, index: number, column: string, expected: string) {
  const came = JSON.stringify(row[column]);
  return invalid(path, `has ${came} as ${column} in row ${index + 1}: ${expected} was expected.`);
}
