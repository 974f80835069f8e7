import { basename } from 'node:path';
import { invalid } from '../data-errors.js';
import { examine } from '../open-source.js';
import { quotedOption } from '../source-options.js';
import { cellAdvice, cellNumber, separatorOf } from '../table/cells.js';
import { positionOf } from '../table/table-header.js';
import { type TableRow, tableRows } from '../table/table-rows.js';
import { tableHead } from '../table/table-text.js';
import { matchNames } from './folder-labels.js';
import type { LabelForm, LabelOptions, Labels } from './label-options.js';
import { formOfRows, hotIndex, requireClass, requireLabelled, requireTarget } from './label-values.js';

/** A table with the names of images and their labels. */
interface NamedTable {
  readonly header: readonly string[] | undefined;
  readonly rows: readonly TableRow[];
  readonly file: number;
  /** The columns of the labels: one, or one for each output. */
  readonly labels: readonly number[];
}

/**
 * Reads the labels of images from a table that names them; undefined if no column does.
 *
 * @throws DATA_FILE_INVALID for an image without a label, or with two; for what is no label; where several
 * columns may
 *   be the labels.
 */
export async function namedLabels(path: string, options: LabelOptions): Promise<Labels | undefined> {
  const { sampleNames = [], task = 'classification' } = options;
  const table = namedTable(path, await rowsOf(path, options), options);
  if (!table) return undefined;
  const { rows, file, labels, header } = table;
  const { places, unused } = matchNames(
    sampleNames,
    rows.map(({ cells }) => cells[file]!),
  );
  const matched = requireLabelled(path, sampleNames, places).map((place) => rows[place]!);
  const column = header ? `column ${header[file]}` : `column ${file}`;
  const others = unused.length > 0 ? `; ${unused.length} rows name other images` : '';
  const own = labels.length > 1 ? ` in ${labels.length} columns` : '';
  return {
    values:
      task === 'classification'
        ? Int32Array.from(matched, (row) => classOf(path, row, labels, options))
        : Float32Array.from(
            matched.flatMap((row) =>
              numbersOf(path, row, labels, options).map((value) =>
                requireTarget(path, value, `line ${row.line}`, task),
              ),
            ),
          ),
    description: `${basename(path)}: ${matched.length} labels${own}, matched by file name (${column})${others}`,
  };
}

/**
 * Returns the form of the labels in a table that names images; undefined if no column names them.
 *
 * @throws DATA_FILE_INVALID as {@link namedLabels} does, for what is no number.
 */
export async function namedLabelForm(path: string, options: LabelOptions): Promise<LabelForm | undefined> {
  const table = namedTable(path, await rowsOf(path, options), options);
  if (!table) return undefined;
  const { rows, labels } = table;
  const numbers = labels.length;
  if (numbers === 1) return { numbers, areIndices: false, areBinary: false, areOneHot: false };
  const values = rows.map((row) => numbersOf(path, row, labels, options));
  return { numbers, areIndices: false, ...formOfRows(values) };
}

async function rowsOf(path: string, { separator, decimal = '.' }: LabelOptions): Promise<TableRow[]> {
  const found = await examine(path);
  try {
    if (found.kind !== 'a table') return [];
    const rows: TableRow[] = [];
    const head = await tableHead(found.bytes);
    const own = separator ?? separatorOf(head, decimal);
    for await (const row of tableRows(found.bytes, head, own)) rows.push(row);
    return rows;
  } finally {
    await found.close();
  }
}

function namedTable(path: string, all: readonly TableRow[], options: LabelOptions): NamedTable | undefined {
  const { sampleNames = [], fileColumn, labelColumn, header, optionName = quotedOption } = options;
  const [first] = all;
  if (!first) return undefined;
  const width = first.cells.length;
  const placesBy = (position: number, rows: readonly TableRow[]) =>
    matchNames(
      sampleNames,
      rows.map(({ cells }) => cells[position]!),
    ).places;
  const named = (position: number, rows: readonly TableRow[]) =>
    placesBy(position, rows).filter((place) => place !== undefined).length;
  const positions = first.cells.map((_, position) => position);
  const isFile = (position: number) => /\.(png|jpe?g)$/i.test(all.at(-1)!.cells[position]!);
  // Labels can be the same as names without extension, but hardly of as many images.
  const found = (position: number) => named(position, all) + (isFile(position) ? 0.5 : 0);
  const likely = positions.reduce((one, other) => (found(other) > found(one) ? other : one));
  if (fileColumn === undefined && (width === 1 || found(likely) === 0)) return undefined;
  const rival = positions.find(
    (position) =>
      found(position) === found(likely) && `${placesBy(position, all)}` !== `${placesBy(likely, all)}`,
  );
  if (fileColumn === undefined && rival !== undefined) {
    throw invalid(
      path,
      `may name the images in column ${likely} or in column ${rival}, counted from 0: one was expected. Say which it is as ${optionName('fileColumn')}.`,
    );
  }
  const file = fileColumn === undefined ? likely : positionOf(path, fileColumn, width, first.cells);
  const hasHeader = header ?? named(file, [first]) === 0;
  const names = hasHeader ? first.cells : undefined;
  const others = positions.filter((position) => position !== file && names?.[position] !== '');
  const isColumnEach = others.length === (options.outputs ?? options.classes);
  if (labelColumn === undefined && others.length !== 1 && !isColumnEach) {
    const listed = others.map((position) => names?.[position] ?? position).join(', ');
    throw invalid(
      path,
      `has ${others.length} columns beside the names of images: ${listed}. Name that of the labels as ${optionName('labelColumn')}.`,
    );
  }
  return {
    header: names,
    rows: hasHeader ? all.slice(1) : all,
    file,
    labels:
      labelColumn === undefined
        ? others
        : [labelColumn].flat().map((column) => positionOf(path, column, width, names)),
  };
}

function classOf(path: string, row: TableRow, labels: readonly number[], options: LabelOptions): number {
  const numbers = numbersOf(path, row, labels, options);
  const place = `line ${row.line}`;
  return numbers.length > 1
    ? hotIndex(path, numbers, place)
    : requireClass(path, numbers[0]!, place, options.classes);
}

function numbersOf(
  path: string,
  { cells, line }: TableRow,
  labels: readonly number[],
  options: LabelOptions,
): number[] {
  const { classNames, decimal = '.', optionName = quotedOption } = options;
  return labels.map((position) => {
    const cell = cells[position]!;
    const index = classNames?.indexOf(cell) ?? -1;
    const value = index >= 0 ? index : cellNumber(cell, decimal);
    if (value !== undefined) return value;
    const advice = cellAdvice(cell, decimal, optionName('decimal'), wordAdvice(options));
    throw invalid(
      path,
      `has the label ${JSON.stringify(cell)} in line ${line}: a number was expected. ${advice}`,
    );
  });
}

/** Advises what to do about a label that is a word. */
export function wordAdvice({ optionName = quotedOption, classNames }: LabelOptions): string {
  return classNames
    ? `The names given as ${optionName('classNames')} are ${classNames.join(', ')}.`
    : `Give the names of the classes, in the order of their indices, as ${optionName('classNames')}.`;
}
