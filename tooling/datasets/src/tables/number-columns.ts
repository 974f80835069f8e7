import { join } from 'node:path';
import { type DataFolder, invalid } from '../check/data-file.js';

type Row = Readonly<Record<string, string | undefined>>;

/**
 * A column's value in a row.
 *
 * @throws DATA_FILE_INVALID for what is no number.
 */
export function numberIn(folder: DataFolder, file: string, row: Row, index: number, column: string): number {
  const text = row[column]?.trim() ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw invalid(
      join(folder.path, file),
      `has ${JSON.stringify(row[column])} as ${column} in row ${index + 1}: a number was expected.`,
    );
  }
  return value;
}

/**
 * 1 for the category that a row has, 0 for the others.
 *
 * @throws DATA_FILE_INVALID for another category.
 */
export function oneHotIn(
  folder: DataFolder,
  file: string,
  row: Row,
  index: number,
  column: string,
  categories: readonly string[],
): number[] {
  if (!categories.includes(row[column] ?? '')) {
    throw invalid(
      join(folder.path, file),
      `has ${JSON.stringify(row[column])} as ${column} in row ${index + 1}: one of ${categories.join(', ')} was expected.`,
    );
  }
  return categories.map((category) => Number(category === row[column]));
}
