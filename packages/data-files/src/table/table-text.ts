import { TextDecoder } from 'node:util';
import { type ByteSource, readHead } from '../bytes/byte-source.js';

const headBytes = 2 ** 16;

/** The encoding that a byte-order mark names; UTF-8 without one. */
function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** Yields the text of a table without its byte-order mark, piece by piece. */
export async function* textOf(bytes: ByteSource): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const piece of bytes.read(0, Number.POSITIVE_INFINITY)) {
    decoder ??= new TextDecoder(encodingOf(piece));
    yield decoder.decode(piece, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

/** The first lines of a table, with a 0 in place of quoted text. */
export interface TableHead {
  /**
   * The number of lines before the first one that is read: what Excel says of the separator, and comments.
   */
  readonly skipped: (cellsOf: (line: string) => readonly string[]) => number;
  /** The separator that Excel writes as `sep=;` into a first line; undefined without such a line. */
  readonly separator: string | undefined;
  /** The lines below any comments; those that are empty are left out. */
  readonly rows: readonly string[];
}

/** Reads the first lines of a table. */
export async function tableHead(bytes: ByteSource): Promise<TableHead> {
  const head = await readHead(bytes, headBytes);
  const text = new TextDecoder(encodingOf(head)).decode(head);
  const all = text.replace(/"(?:[^"]|"")*"/g, '0').split(/\r\n|\n|\r/);
  // The last line may be incomplete.
  const lines = head.length < headBytes || all.length === 1 ? all : all.slice(0, -1);
  const separator = /^sep=(.)\s*$/i.exec(lines[0] ?? '')?.[1];
  const first = separator === undefined ? 0 : 1;
  const below = lines.findIndex((line, at) => at >= first && !line.startsWith('#'));
  const end = below < 0 ? lines.length : below;
  return {
    separator,
    rows: lines.slice(end).filter((line) => line.trim() !== ''),
    skipped(cellsOf) {
      // The last comment names the columns if it has a name for each.
      const next = lines.slice(end).find((line) => line.trim() !== '');
      const isHeader =
        end > first &&
        (next === undefined || cellsOf(withoutComment(lines[end - 1]!)).length === cellsOf(next).length);
      return isHeader ? end - 1 : end;
    },
  };
}

/** A line without the comment sign that numpy.savetxt puts before the names of columns. */
export function withoutComment(line: string): string {
  return line.replace(/^#\s*/, '');
}
