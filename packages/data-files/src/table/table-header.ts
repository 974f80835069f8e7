import { didYouMean, listNames } from '@fuseinit/core';
import { invalid } from '../data-errors.js';
import type { SourceOptions } from '../source-options.js';
import { cellNumber, type DecimalSign, isFraction, isPlainInteger, kindOfCell } from './cells.js';
import type { KnownRows, TableRow } from './table-rows.js';

/**
 * Whether the first line of a table names its columns. It does if no cell is a number, if the cells that
 * aren't names are 0, 1, 2 and so on, as pandas names columns, or if the lines below show it. Numbers at even
 * distances, such as years or wavelengths, above lines without such distances may be names.
 *
 * @param rows The lines, of which only the first is read if it is conclusive.
 * @throws DATA_FILE_INVALID where the first line may be names or a row.
 */
export async function hasHeader(
  name: string,
  rows: AsyncIterable<TableRow>,
  { decimal, expected, words }: KnownRows & { readonly decimal: DecimalSign },
  headerOption: string,
): Promise<boolean> {
  let first: readonly string[] | undefined;
  let evidence: HeaderEvidence | undefined;
  let lines = 0;
  for await (const { cells } of rows) {
    lines++;
    if (evidence) {
      evidence.add(cells);
      continue;
    }
    first = cells;
    const guess = cells.some((cell) => words?.has(cell)) ? false : guessHeader(cells, decimal);
    if (guess !== undefined) return guess;
    evidence = headerEvidence(cells, decimal);
  }
  if (!first) return false;
  if (expected === lines || expected === lines - 1) return expected < lines;
  const verdict = evidence?.verdict();
  if (verdict !== undefined) return verdict;
  const told = first.slice(0, 4).join(', ') + (first.length > 4 ? ', ...' : '');
  throw invalid(
    name,
    `has ${told} in its first line, which may be the columns' names or a row. Say with ${headerOption} whether the first line names the columns.`,
  );
}

/** Classifies a first line by itself; undefined if only the lines below it can decide. */
function guessHeader(cells: readonly string[], decimal: DecimalSign): boolean | undefined {
  const numbers = cells.filter((cell) => kindOfCell(cell) === 'number');
  if (numbers.length === 0) return cells.some((cell) => kindOfCell(cell) === 'name') ? true : undefined;
  if (numbers.length < cells.length) return isCounted(numbers) ? true : undefined;
  return numbers.every(isPlainInteger) || isEvenlySpaced(cells, decimal) ? undefined : false;
}

/** Whether three or more numbers are at the same distance, other than 0, from each other. */
function isEvenlySpaced(cells: readonly string[], decimal: DecimalSign): boolean {
  const numbers = cells.map((cell) => cellNumber(cell, decimal) ?? Number.NaN);
  const [first = 0, second = 0] = numbers;
  const step = second - first;
  if (numbers.length < 3 || step === 0) return false;
  // Decimal fractions are rounded.
  return numbers.every(
    (number, index) => Math.abs(number - (first + step * index)) <= 1e-6 * Math.abs(step * (index + 1)),
  );
}

/** Whether the cells count up from 0. */
function isCounted(cells: readonly string[]): boolean {
  return cells.every((cell, index) => cell === String(index));
}

/** What the lines below the first one show about it. */
interface HeaderEvidence {
  /** @param cells The cells of a line below the first one. */
  add(cells: readonly string[]): void;
  /** Undefined if the lines don't decide it. */
  verdict(): boolean | undefined;
}

function headerEvidence(first: readonly string[], decimal: DecimalSign): HeaderEvidence {
  const isNumber = (cell: string) => cellNumber(cell, decimal) !== undefined;
  const isText = first.map((cell) => kindOfCell(cell) === 'name');
  const onlyNumbers = first.map(() => true);
  const onlyFractions = first.map(() => true);
  let spacedRows = 0;
  let rows = 0;
  return {
    add(cells) {
      rows++;
      if (isEvenlySpaced(cells, decimal)) spacedRows++;
      for (const [position, cell] of cells.entries()) {
        onlyNumbers[position] &&= isNumber(cell);
        onlyFractions[position] &&= isFraction(cell, decimal);
      }
    },
    verdict() {
      if (rows === 0 || first.length === 1) return isText.includes(true) ? undefined : false;
      if (isText.some((text, position) => text && onlyNumbers[position])) return true;
      if (isText.includes(true)) return undefined;
      const isUnclear = first.includes('') && first.every((cell) => cell === '' || isPlainInteger(cell));
      // Programs write all numbers of a column alike, so whole numbers above fractions are names.
      const isOdd = first.every(isPlainInteger) && onlyFractions.every(Boolean);
      if (isOdd && isCounted(first) && rows > 1) return true;
      const isSpaced = isEvenlySpaced(first, decimal) && spacedRows < rows;
      return isOdd || isCounted(first) || isUnclear || isSpaced ? undefined : false;
    },
  };
}

/**
 * Returns the position of a column, from 0.
 *
 * @param header The names of the columns, if there are any.
 * @throws DATA_FILE_INVALID for one that isn't there, stands there twice, or whose position is another one's
 * name.
 */
export function positionOf(
  name: string,
  column: string | number,
  width: number,
  header: readonly string[] | undefined,
): number {
  if (typeof column === 'number') return positionAt(name, column, width, header);
  if (!header) {
    throw invalid(
      name,
      `has no header to look for column ${JSON.stringify(column)} in: give its position, from 0.`,
    );
  }
  const position = header.indexOf(column);
  if (position >= 0 && position === header.lastIndexOf(column)) return position;
  const listed = listNames(header.map((known) => JSON.stringify(known)));
  const [how, meant] = position < 0 ? ['no', didYouMean(column, header)] : ['more than one', ''];
  throw invalid(
    name,
    `has ${how} column ${JSON.stringify(column)}.${meant} Its columns are ${listed}. Positions, from 0, will do as well.`,
  );
}

function positionAt(
  name: string,
  position: number,
  width: number,
  header: readonly string[] | undefined,
): number {
  if (!Number.isSafeInteger(position) || position < 0 || position >= width) {
    throw invalid(name, `has no column ${position}: whole numbers from 0 to ${width - 1} were expected.`);
  }
  const named = header?.indexOf(String(position)) ?? -1;
  if (named < 0 || named === position) return position;
  throw invalid(
    name,
    `has column ${position}, counted from 0, and at ${named} another one whose name is ${position}. Rename the columns.`,
  );
}

export type ColumnOptions = Pick<SourceOptions, 'columns' | 'labelColumn'>;

/** The requested columns of a table. */
export interface TableColumns {
  readonly header: readonly string[] | undefined;
  readonly positions: readonly number[];
  /** The position of an index column without a name that isn't requested. */
  readonly index: number | undefined;
}

/** The name that pandas gives a column without a name. */
const unnamed = ['', 'Unnamed: 0'];

/**
 * Chooses columns by a table's first line.
 *
 * @param width The number of cells in a line.
 * @throws DATA_FILE_INVALID for a column that isn't there, or when none is left.
 */
export function chooseColumns(
  name: string,
  width: number,
  header: readonly string[] | undefined,
  { columns, labelColumn }: ColumnOptions,
): TableColumns {
  const position = (column: string | number) => positionOf(name, column, width, header);
  if (columns) return { header, positions: columns.map(position), index: undefined };
  const labels = [labelColumn ?? []].flat().map(position);
  const index = width > 1 && !labels.includes(0) && unnamed.includes(header?.[0] ?? 'none') ? 0 : undefined;
  const positions = Array.from({ length: width }, (_, place) => place).filter(
    (place) => !labels.includes(place) && place !== index,
  );
  if (positions.length === 0) throw invalid(name, 'has no column besides the labels: one was expected.');
  return { header, positions, index };
}

const mostNames = 8;

/** Describes which columns of a table are read and which aren't. */
export function columnsInWords({ header, positions, index }: TableColumns): string {
  if (!header) return 'columns without names';
  const without = index === undefined ? '' : ', without its index';
  if (positions.length > mostNames) return `${positions.length} columns by its header${without}`;
  return `columns ${positions.map((position) => header[position]).join(', ')}${without}`;
}
