import type { Separator } from '../source-options.js';
import type { TableHead } from './table-text.js';

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
  wordAdvice?: string,
): string {
  if (missing.test(cell)) {
    const columns = wordAdvice === undefined ? ', or choose columns without it' : '';
    return `It is missing: fill it in, or leave the row out${columns}.`;
  }
  if (/^[+-]?0[xbo]/i.test(cell)) return 'Write it as a decimal number.';
  if (/^[+-]?\d*[.,][\d.,]*(e[+-]?\d+)?$/i.test(cell)) {
    const sign = decimal === '.' ? 'comma' : 'point';
    return `Say with ${decimalOption} if the ${sign} is the decimal sign; write numbers without signs between thousands.`;
  }
  return wordAdvice ?? 'Replace it, or choose columns without it.';
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

const mostLines = 25;

/**
 * Returns the separator that a table's first line names, as Excel writes it, or that occurs equally often in
 * each of its first lines. If there is none, it is a comma, or a semicolon if the comma is the decimal sign.
 */
export function separatorOf(head: TableHead, decimal: DecimalSign): Separator {
  const named = separators.find((separator) => separator === head.separator);
  if (named) return named;
  const lines = head.rows.slice(0, mostLines).map((line) => line.replace(/^ +| +$/g, ''));
  const known = separators.filter((separator) => separator !== decimal);
  const isThere = (separator: Separator) => separator !== ' ' && (lines[0] ?? '').includes(separator);
  return (
    known.find((separator) => isRegular(lines, separator)) ??
    known.find(isThere) ??
    (decimal === ',' ? ';' : ',')
  );
}

/** Splits a line without quoted text into its cells. */
export function cellsOfLine(line: string, separator: Separator): string[] {
  return separator === ' ' ? line.trim().split(/\s+/) : line.split(separator);
}

function isRegular(lines: readonly string[], separator: Separator): boolean {
  const rows = lines.map((line) => cellsOfLine(line, separator));
  const width = rows[0]?.length ?? 0;
  if (width < 2 || rows.some(({ length }) => length !== width)) return false;
  // Blanks also occur within names and words.
  return (
    separator !== ' ' || rows.slice(1).every((cells) => cells.every((cell) => /^[+-]?[.,]?\d/.test(cell)))
  );
}
