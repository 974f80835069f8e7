/** The decimal sign of a table. */
export type DecimalSign = '.' | ',';

const numbers = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
};

/** As pandas, R and spreadsheets write what is true or false. */
const truths = new Map([
  ['true', 1],
  ['false', 0],
]);

/** The finite number that a cell is, 1 and 0 of True and False; undefined where it is none. */
export function cellNumber(cell: string, decimal: DecimalSign): number | undefined {
  if (!numbers[decimal].test(cell)) return truths.get(cell.toLowerCase());
  const value = Number(decimal === ',' ? cell.replace(',', '.') : cell);
  return Number.isFinite(value) ? value : undefined;
}

const missing = /^(|nan|na|n\/a|null|none|-)$/i;

/** What a cell of a first line may be: 'number' in whatever form, 'missing', or the 'name' of a column. */
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

/** What to do about a cell that is no number. */
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
