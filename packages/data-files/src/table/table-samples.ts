import { requireNotAborted } from '../abort.js';
import type { ByteSource } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { SampleRequest, SampleSource } from '../sample-source.js';
import { type ColumnOptions, chooseColumns, readNumbers, type TableColumns } from './table-columns.js';
import { type TableRow, tableRows } from './table-rows.js';

/**
 * Rows of a table as samples. All of it is read once, to count the rows and to find what is no number.
 *
 * @throws DATA_FILE_INVALID for lines of different lengths, cells that are no numbers, a table without rows, a column
 *   that isn't there.
 */
export async function tableSamples(
  bytes: ByteSource,
  { separator, ...options }: ColumnOptions & { readonly separator: string },
): Promise<SampleSource> {
  const { name } = bytes;
  let columns: TableColumns | undefined;
  let count = 0;
  for await (const row of tableRows(bytes, separator)) {
    const isFirst = columns === undefined;
    columns ??= chooseColumns(name, row, options);
    if (isFirst && columns.header) continue;
    readNumbers(name, row, columns, new Float64Array(columns.positions.length), 0);
    count++;
  }
  if (!columns || count === 0) throw invalid(name, 'holds no rows of numbers: one at least was expected.');
  const chosen = columns;
  return {
    name,
    count,
    sampleShape: [chosen.positions.length],
    contents: columnsInWords(chosen),
    isPixels: false,
    read: (request) => readBatches(name, tableRows(bytes, separator), chosen, request),
  };
}

async function* readBatches(
  name: string,
  rows: AsyncIterable<TableRow>,
  columns: TableColumns,
  { first, end, size, signal }: SampleRequest,
): AsyncGenerator<Float64Array> {
  if (first === end) return;
  const width = columns.positions.length;
  let row = columns.header ? -1 : 0;
  let batch = new Float64Array(0);
  let filled = 0;
  for await (const cells of rows) {
    requireNotAborted(signal, name);
    if (row++ < first) continue;
    if (filled === 0) batch = new Float64Array(Math.min(size, end - row + 1) * width);
    readNumbers(name, cells, columns, batch, filled);
    filled += width;
    if (filled < batch.length) continue;
    yield batch;
    filled = 0;
    if (row === end) return;
  }
  throw invalid(name, `ends before row ${end}: it was changed since it was opened. Open it again.`);
}

const mostNames = 8;

function columnsInWords({ header, positions }: TableColumns): string {
  if (!header) return 'columns without names';
  if (positions.length > mostNames) return `${positions.length} columns by its header`;
  return `columns ${positions.map((position) => header[position]).join(', ')}`;
}
