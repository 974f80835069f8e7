import { type DSVRowArray, dsvFormat } from 'd3-dsv';
import { invalid } from '../check/data-errors.js';

/**
 * Rows of a table with a header; other columns than those asked for may be there.
 *
 * @throws DATA_FILE_INVALID when a column or every row is missing.
 */
export function readDelimitedRows(
  path: string,
  content: Buffer,
  separator: ',' | '\t',
  columns: readonly string[],
): DSVRowArray {
  const rows = dsvFormat(separator).parse(content.toString('utf8'));
  const absent = columns.filter((column) => !rows.columns.includes(column));
  if (absent.length > 0) {
    const header = JSON.stringify(rows.columns.join(separator));
    throw invalid(path, `has no column ${absent.join(', ')}: its header is ${header}.`);
  }
  if (rows.length === 0) throw invalid(path, 'has a header and no rows.');
  return rows;
}
