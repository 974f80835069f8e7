import { requireNotAborted } from '@fuseinit/core';
import type { ByteSource } from '../bytes/byte-source.js';
import { invalid, unfit } from '../data-errors.js';
import type { SampleRequest, SampleSource } from '../sample-source.js';
import type { OptionName, SourceOptions } from '../source-options.js';
import {
  cellAdvice,
  cellNumber,
  type DecimalSign,
  separatorInWords,
  separatorOf,
  separators,
} from './cells.js';
import { chooseColumns, columnsInWords, hasHeader, type TableColumns } from './table-header.js';
import { type KnownRows, type TableRow, tableRows } from './table-rows.js';
import { tableHead } from './table-text.js';

export type TableOptions = Pick<
  SourceOptions,
  'columns' | 'labelColumn' | 'header' | 'separator' | 'decimal'
>;

/**
 * Opens the rows of a table as samples. The table is read once completely, to count the rows and find cells
 * that are no numbers, and twice if only the whole table shows whether the first line names the columns.
 *
 * @throws DATA_FILE_INVALID for lines of different lengths, cells that are no numbers, a table without rows,
 * a column
 *   that isn't there, a first line that may be names or a row.
 */
export async function tableSamples(
  bytes: ByteSource,
  options: TableOptions,
  known: KnownRows,
  optionName: OptionName,
): Promise<SampleSource> {
  const { name } = bytes;
  const { decimal = '.' } = options;
  if (decimal !== '.' && decimal !== ',') {
    throw unfit(`${optionName('decimal')} is ${JSON.stringify(decimal)}: '.' or ',' was expected.`);
  }
  if (options.separator !== undefined && !separators.includes(options.separator)) {
    throw unfit(
      `${optionName('separator')} is ${JSON.stringify(options.separator)}: ',', ';', '\\t' or ' ' was expected.`,
    );
  }
  const head = await tableHead(bytes);
  const separator = options.separator ?? separatorOf(head, decimal);
  const rows = () => tableRows(bytes, head, separator);
  const isNamed =
    options.header ?? (await hasHeader(name, rows(), { ...known, decimal }, optionName('header')));
  let columns: TableColumns | undefined;
  let count = 0;
  const numbersOf = numberReader(name, { ...known, decimal }, optionName('decimal'));
  for await (const row of rows()) {
    const isFirst = columns === undefined;
    columns ??= chooseColumns(name, row.cells.length, isNamed ? row.cells : undefined, options);
    if (isFirst && isNamed) continue;
    numbersOf(row, columns);
    count++;
  }
  if (!columns || count === 0) throw invalid(name, 'holds no rows of numbers: one at least was expected.');
  const chosen = columns;
  return {
    name,
    count,
    sampleShape: [chosen.positions.length],
    contents: `${columnsInWords(chosen)}, separated by ${separatorInWords(separator)}`,
    dtype: 'decimal',
    holds: 'numbers',
    order: 'in file order',
    read: (request) => readBatches(name, rows(), chosen, numbersOf, request),
  };
}

type NumberReader = (row: TableRow, columns: TableColumns) => number[];

/** Reads the numbers of a row; the error for a cell that is no number has its line and column. */
function numberReader(
  name: string,
  { decimal, words, wordAdvice }: KnownRows & { readonly decimal: DecimalSign },
  decimalOption: string,
): NumberReader {
  return ({ cells, line }, { header, positions }) =>
    positions.map((position) => {
      const cell = cells[position]!;
      const value = words?.get(cell) ?? cellNumber(cell, decimal);
      if (value !== undefined) return value;
      const column = header ? JSON.stringify(header[position]) : `${position}, counted from 0`;
      throw invalid(
        name,
        `has ${JSON.stringify(cell)} in line ${line}, column ${column}: a number was expected. ${cellAdvice(cell, decimal, decimalOption, wordAdvice)}`,
      );
    });
}

async function* readBatches(
  name: string,
  rows: AsyncIterable<TableRow>,
  columns: TableColumns,
  numbersOf: NumberReader,
  { ranges, size, signal }: SampleRequest,
): AsyncGenerator<Float64Array> {
  if (ranges.length === 0) return;
  const width = columns.positions.length;
  let left = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
  let row = columns.header ? -1 : 0;
  let at = 0;
  let batch = new Float64Array(0);
  let filled = 0;
  for await (const cells of rows) {
    requireNotAborted(signal, name);
    const { first, end } = ranges[at]!;
    if (row++ < first) continue;
    if (row === end) at++;
    if (filled === 0) batch = new Float64Array(Math.min(size, left) * width);
    batch.set(numbersOf(cells, columns), filled);
    filled += width;
    if (filled < batch.length) continue;
    yield batch;
    left -= filled / width;
    filled = 0;
    if (left === 0) return;
  }
  const { end } = ranges.at(-1)!;
  throw invalid(name, `ends before row ${end}: it was changed since it was opened. Open it again.`);
}
