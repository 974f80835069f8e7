import { type ByteSource, readHead } from '../bytes/byte-source.js';
import type { Separator } from '../source-options.js';

/** The decimal sign of a table. */
export type DecimalSign = '.' | ',';

const numbers = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
};

/** The words that pandas, R and spreadsheets write for true and false. */
const truths = new Map([
  ['true', 1],
  ['false', 0],
]);

/** Returns the finite number of a cell, 1 and 0 for True and False; undefined if it is none. */
export function cellNumber(cell: string, decimal: DecimalSign): number | undefined {
  if (!numbers[decimal].test(cell)) return truths.get(cell.toLowerCase());
  const value = Number(decimal === ',' ? cell.replace(',', '.') : cell);
  return Number.isFinite(value) ? value : undefined;
}

const missing = /^(|nan|na|n\/a|null|none|-)$/i;

/** The kind of a cell in a first line: a 'number' of any form, 'missing', or the 'name' of a column. */
export function kindOfCell(cell: string): 'number' | 'missing' | 'name' {
  if (missing.test(cell)) return 'missing';
  const isNumber = /^[+-]?(\d[\d.,]*|[.,]\d+|inf(inity)?)(e[+-]?\d+)?%?$|^[+-]?0[xbo]/i.test(cell);
  return isNumber || truths.has(cell.toLowerCase()) ? 'number' : 'name';
}

/** Whether a cell is a whole number without a sign, such as pandas gives columns for names. */
export function isPlainInteger(cell: string): boolean {
  return /^\d+$/.test(cell);
}

/** Whether a cell is written as programs write fractions: with a decimal sign or an exponent. */
export function isFraction(cell: string, decimal: DecimalSign): boolean {
  return cellNumber(cell, decimal) !== undefined && /[.,e]/i.test(cell) && !truths.has(cell.toLowerCase());
}

/** Advises what to do about a cell that is no number. */
export function cellAdvice(
  cell: string,
  decimal: DecimalSign,
  decimalOption: string,
  wordAdvice = 'Replace it, or choose columns without it.',
): string {
  if (missing.test(cell)) {
    return 'It is missing: fill it in, or leave the row out.';
  }
  if (/^[+-]?0[xbo]/i.test(cell)) return 'Write it as a decimal number.';
  if (/^[+-]?\d*[.,][\d.,]*(e[+-]?\d+)?$/i.test(cell)) {
    const sign = decimal === '.' ? 'comma' : 'point';
    return `Say with ${decimalOption} if the ${sign} is the decimal sign; write numbers without signs between thousands.`;
  }
  return wordAdvice;
}

/**
 * Separators that are seldom part of a cell come first: '1,5;2,5' has a semicolon between numbers with a
 * decimal comma.
 */
export const separators: readonly Separator[] = ['\t', ';', ',', ' '];

const words = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', ' ': 'blanks' };

export function separatorInWords(separator: Separator): string {
  return words[separator];
}

const headBytes = 2 ** 16;
const mostLines = 25;

/**
 * Returns the separator that occurs equally often in each of a table's first lines. If there is none, it is a
 * comma, or a semicolon if the comma is the decimal sign.
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

/** Returns the lines that aren't empty, with a 0 in place of quoted text. */
function firstLines(head: Buffer): string[] {
  const text = new TextDecoder(head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(head);
  const all = text.replace(/"(?:[^"]|"")*"/g, '0').split(/\r\n|\n|\r/);
  // The last line may be incomplete.
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
  // Blanks also occur within names and words.
  return (
    separator !== ' ' || rows.slice(1).every((cells) => cells.every((cell) => /^[+-]?[.,]?\d/.test(cell)))
  );
}
