import { type ByteSource, readHead } from '../bytes/byte-source.js';
import type { Separator } from '../source-options.js';
import type { DecimalSign } from './cell-number.js';

/**
 * Those that are seldom part of a cell come first: '1,5;2,5' has a semicolon between numbers with a decimal
 * comma.
 */
export const separators: readonly Separator[] = ['\t', ';', ',', ' '];

const words = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', ' ': 'blanks' };

export function separatorInWords(separator: Separator): string {
  return words[separator];
}

const headBytes = 2 ** 16;
const mostLines = 25;

/**
 * The separator that stands as often in each of a table's first lines; where none does, a comma, or a
 * semicolon where the comma is the decimal sign.
 */
export async function separatorOf(bytes: ByteSource, decimal: DecimalSign): Promise<Separator> {
  const lines = firstLines(await readHead(bytes, headBytes));
  const known = separators.filter((separator) => separator !== decimal);
  const isThere = (separator: Separator) => separator !== ' ' && (lines[0] ?? '').includes(separator);
  return (
    known.find((separator) => isRegular(lines, separator)) ??
    known.find(isThere) ??
    (decimal === ',' ? ';' : ',')
  );
}

/** Lines that aren't empty, with a 0 for what is quoted. */
function firstLines(head: Buffer): string[] {
  const text = new TextDecoder(head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(head);
  const all = text.replace(/"(?:[^"]|"")*"/g, '0').split(/\r\n|\n|\r/);
  // The last line may be cut off.
  const whole = head.length < headBytes || all.length === 1 ? all : all.slice(0, -1);
  return whole
    .map((line) => line.replace(/^#/, '').replace(/^ +| +$/g, ''))
    .filter((line) => line !== '')
    .slice(0, mostLines);
}

function isRegular(lines: readonly string[], separator: Separator): boolean {
  const rows = lines.map((line) => line.split(separator === ' ' ? /\s+/ : separator));
  const width = rows[0]?.length ?? 0;
  if (width < 2 || rows.some(({ length }) => length !== width)) return false;
  // Blanks stand within names and words, too.
  return (
    separator !== ' ' || rows.slice(1).every((cells) => cells.every((cell) => /^[+-]?[.,]?\d/.test(cell)))
  );
}
