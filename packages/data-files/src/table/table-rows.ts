import { pipeline, Readable } from 'node:stream';
import { FuseInitError } from '@fuseinit/core';
import { type CsvError, type Info, parse } from 'csv-parse';
import type { ByteSource } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';

export interface TableRow {
  readonly cells: readonly string[];
  /** From 1; the last one, where a quoted cell spans several. */
  readonly line: number;
}

/**
 * Lines of a table, the header too; empty ones are passed over.
 *
 * @throws DATA_FILE_INVALID with the line, for one with more or fewer cells than the first, or a quote left open.
 */
export async function* tableRows(bytes: ByteSource, separator: string): AsyncGenerator<TableRow> {
  const parser = parse({ delimiter: separator, bom: true, info: true, skip_empty_lines: true, trim: true });
  // What fails is thrown where the rows are read.
  pipeline(Readable.from(bytes.read(0, Number.POSITIVE_INFINITY)), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { cells: record, line: info.lines };
    }
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const { code, message, lines, record } = cause as CsvError & { readonly record: string[] };
    if (code !== 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
      throw invalid(bytes.name, `can't be read as a table: ${message}.`, cause);
    }
    throw invalid(
      bytes.name,
      `has ${record.length} cells in line ${lines}: as many as in the first line were expected. Mend the line, or quote a cell that has the separator in it.`,
      cause,
    );
  }
}
