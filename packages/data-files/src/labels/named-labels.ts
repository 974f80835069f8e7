import { basename } from 'node:path';
import { invalid } from '../data-errors.js';
import { examine } from '../open-source.js';
import { quotedOption } from '../source-options.js';
import { cellAdvice, cellNumber } from '../table/cell-number.js';
import { separatorOf } from '../table/separators.js';
import { positionOf } from '../table/table-header.js';
import { type TableRow, tableRows } from '../table/table-rows.js';
import type { LabelOptions, Labels } from './label-options.js';
import { requireClass, requireFinite, requireLabelled } from './label-values.js';
import { matchNames } from './match-names.js';

/** A table of the names of images and their labels. */
interface NamedTable {
  readonly header: readonly string[] | undefined;
  readonly rows: readonly TableRow[];
  readonly file: number;
  readonly label: number;
}

/**
 * Labels of images from a table that names them; undefined where no column of it does.
 *
 * @throws DATA_FILE_INVALID for an image without a label, or with two; for what is no label; where several columns may
 *   be the labels.
 */
export async function namedLabels(path: string, options: LabelOptions): Promise<Labels | undefined> {
  const { sampleNames = [], task, optionName = quotedOption } = options;
  const all = await rowsOf(path, options);
  const table = namedTable(path, all, options);
  if (!table) return undefined;
  const { rows, file, label, header } = table;
  const { places, unused } = matchNames(
    sampleNames,
    rows.map(({ cells }) => cells[file]!),
  );
  const values = requireLabelled(path, sampleNames, places).map((place) =>
    labelOf(path, rows[place]!, label, { ...options, optionName }),
  );
  const column = header ? `column ${header[file]}` : `column ${file}`;
  const others = unused.length > 0 ? `; ${unused.length} rows name other images` : '';
  return {
    values: task === 'regression' ? Float32Array.from(values) : Int32Array.from(values),
    description: `${basename(path)}: ${values.length} labels, matched by file name (${column})${others}`,
  };
}

async function rowsOf(path: string, { separator, decimal = '.' }: LabelOptions): Promise<TableRow[]> {
  const found = await examine(path);
  try {
    if (found.kind !== 'a table') return [];
    const rows: TableRow[] = [];
    const own = separator ?? (await separatorOf(found.bytes, decimal));
    for await (const row of tableRows(found.bytes, own)) rows.push(row);
    return rows;
  } finally {
    await found.close();
  }
}

function namedTable(
  path: string,
  all: readonly TableRow[],
  { sampleNames = [], fileColumn, labelColumn, header, optionName = quotedOption }: LabelOptions,
): NamedTable | undefined {
  const [first] = all;
  if (!first) return undefined;
  const width = first.cells.length;
  const named = (position: number, rows: readonly TableRow[]) =>
    matchNames(
      sampleNames,
      rows.map(({ cells }) => cells[position]!),
    ).places.filter((place) => place !== undefined).length;
  const positions = first.cells.map((_, position) => position);
  const isFile = (position: number) => /\.(png|jpe?g)$/i.test(all.at(-1)!.cells[position]!);
  // Labels can be the same as names without extension, but hardly of as many images.
  const found = (position: number) => named(position, all) + (isFile(position) ? 0.5 : 0);
  const likely = positions.reduce((one, other) => (found(other) > found(one) ? other : one));
  if (fileColumn === undefined && (width === 1 || found(likely) === 0)) return undefined;
  const file = fileColumn === undefined ? likely : positionOf(path, fileColumn, width, first.cells);
  const hasHeader = header ?? named(file, [first]) === 0;
  const names = hasHeader ? first.cells : undefined;
  const others = positions.filter((position) => position !== file && names?.[position] !== '');
  if (labelColumn === undefined && others.length !== 1) {
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
    label: labelColumn === undefined ? others[0]! : positionOf(path, labelColumn, width, names),
  };
}

function labelOf(
  path: string,
  { cells, line }: TableRow,
  position: number,
  options: LabelOptions & Required<Pick<LabelOptions, 'optionName'>>,
): number {
  const { task, classes, classNames, decimal = '.', optionName } = options;
  const cell = cells[position]!;
  const place = `line ${line}`;
  const index = classNames?.indexOf(cell) ?? -1;
  const value = index >= 0 ? index : cellNumber(cell, decimal);
  if (value === undefined) {
    const advice = cellAdvice(cell, decimal, optionName('decimal'), wordAdvice(options));
    throw invalid(
      path,
      `has the label ${JSON.stringify(cell)} in ${place}: a number was expected. ${advice}`,
    );
  }
  return task === 'regression'
    ? requireFinite(path, value, place)
    : requireClass(path, value, place, classes);
}

/** What to do about a label that is a word. */
export function wordAdvice({ optionName = quotedOption, classNames }: LabelOptions): string {
  return classNames
    ? `The names given as ${optionName('classNames')} are ${classNames.join(', ')}.`
    : `Give the names of the classes, in the order of their indices, as ${optionName('classNames')}.`;
}
