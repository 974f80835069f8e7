import { createInterface } from 'node:readline';
import { pipeline, Readable } from 'node:stream';
import { FuseInitError } from '@fuseinit/core';
import { type CsvError, type Info, parse } from 'csv-parse';
import type { ByteSource } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { Separator } from '../source-options.js';
import { cellsOfLine } from './cells.js';
import { type TableHead, textOf, withoutComment } from './table-text.js';

export interface TableRow {
  readonly cells: readonly string[];
  /** The line number, from 1; the last line of a quoted cell that spans several. */
  readonly line: number;
}

/** What is known about the rows of a table from elsewhere. */
export interface KnownRows {
  /** The numbers for words, such as names of classes. */
  readonly words?: ReadonlyMap<string, number> | undefined;
  /** Advice about other words. */
  readonly wordAdvice?: string | undefined;
  /** The expected number of rows, which shows whether the first line is one. */
  readonly expected?: number | undefined;
}

/**
 * Yields the lines of a table including the header, without the comment sign that numpy.savetxt puts before
 * it. Empty lines, comments above the first row and Excel's `sep=;` are skipped.
 *
 * @throws DATA_FILE_INVALID with the line, for one with more or fewer cells than the first, or a quote left
 *   open.
 */
export async function* tableRows(
  bytes: ByteSource,
  head: TableHead,
  separator: Separator,
): AsyncGenerator<TableRow> {
  const skipped = head.skipped((line) => cellsOfLine(line, separator));
  let isFirst = true;
  for await (const row of separator === ' '
    ? blankRows(bytes, skipped)
    : separatedRows(bytes, separator, skipped)) {
    const [first = '', ...others] = row.cells;
    yield isFirst ? { ...row, cells: [withoutComment(first), ...others] } : row;
    isFirst = false;
  }
}

/** Csv-parse has no separator of variable length; such files are written without quotes. */
async function* blankRows(bytes: ByteSource, skipped: number): AsyncGenerator<TableRow> {
  const input = Readable.from(textOf(bytes));
  let width: number | undefined;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (line <= skipped) continue;
    const bare = (width === undefined ? withoutComment(text) : text).trim();
    if (bare === '') continue;
    const cells = bare.split(/\s+/);
    width ??= cells.length;
    if (cells.length !== width) throw unevenLine(bytes.name, cells.length, line);
    yield { cells, line };
  }
}

async function* separatedRows(
  bytes: ByteSource,
  separator: Separator,
  skipped: number,
): AsyncGenerator<TableRow> {
  const parser = parse({
    delimiter: separator,
    from_line: skipped + 1,
    info: true,
    skip_empty_lines: true,
    trim: true,
  });
  // Errors are thrown where the rows are read.
  pipeline(Readable.from(textOf(bytes)), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { cells: record, line: info.lines };
    }
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const { code, message, lines, record } = cause as CsvError & {
      readonly lines: number;
      readonly record: string[];
    };
    if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
      throw unevenLine(bytes.name, record.length, lines, cause);
    }
    throw invalid(bytes.name, `can't be read as a table: ${message}.`, cause);
  }
}

function unevenLine(name: string, cells: number, line: number, cause?: unknown): FuseInitError {
  return invalid(
    name,
    `has ${cells} cells in line ${line}: as many as in the first line were expected. Mend the line, or quote a cell that has the separator in it.`,
    cause,
  );
}
