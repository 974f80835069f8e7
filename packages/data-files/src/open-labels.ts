import { basename } from 'node:path';
import { invalid, unfit } from './data-errors.js';
import { byCodePoint, sortImages } from './images/list-images.js';
import { folderLabels } from './labels/folder-labels.js';
import type { LabelForm, LabelOptions, Labels } from './labels/label-options.js';
import { classIndices, formOf, targetValues } from './labels/label-values.js';
import { namedLabelForm, namedLabels, wordAdvice } from './labels/named-labels.js';
import { examine, type OpenSource, openSource } from './open-source.js';
import type { SampleSource } from './sample-source.js';
import { quotedOption, requireOptionsOf, type SourceOptions } from './source-options.js';

type Task = Pick<LabelOptions, 'task'>;

/**
 * Reads the labels of samples from a .npy, .npz, idx or CSV file, or from a folder that has a folder of
 * images for each class, where a label is the index of the folder's name among the sorted names. Labels of
 * images with names are matched by the names of the folders or by a column of the table, others by position.
 *
 * @returns [count] for classification the classes' indices, from 0, also of one-hot rows; else [count,
 * outputs] numbers.
 * @throws DATA_FILE_MISSING when there is nothing at the path.
 * @throws DATA_FILE_INVALID as `openData` does; with the row, for a label that is no class's index or no
 * finite number;
 *   for an image without a label; for labels by position of images whose order may be either.
 * @throws ARGUMENT_INVALID for an option that isn't about this format.
 */
export function openLabels(
  path: string,
  options: LabelOptions & { readonly task: 'multiLabel' | 'regression' },
): Promise<Float32Array>;
export function openLabels(
  path: string,
  options?: LabelOptions & { readonly task?: 'classification' },
): Promise<Int32Array>;
export async function openLabels(
  path: string,
  options: LabelOptions & Task = {},
): Promise<Int32Array | Float32Array> {
  return (await matchLabels(path, options)).values;
}

/** Reads labels like `openLabels` and describes how they were matched. */
export async function matchLabels(path: string, options: LabelOptions = {}): Promise<Labels> {
  requireLabelOptions(options);
  const { optionName = quotedOption, array, labelColumn, header, separator, decimal } = options;
  const { kind, close } = await examine(path);
  await close();
  requireOptionsOf(kind, path, { array, labelColumn, header, separator, decimal }, optionName);
  if (kind === 'a folder of images') return folderLabels(path, options);
  const named = kind === 'a table' && options.sampleNames && (await namedLabels(path, options));
  return named || positionLabels(path, options);
}

/**
 * Returns the form of the labels in their file, for programs that derive the task from it.
 *
 * @throws as {@link matchLabels} does, for a file that can't be read.
 */
export async function labelForm(path: string, options: LabelOptions = {}): Promise<LabelForm> {
  const { sampleNames } = options;
  const { kind, close } = await examine(path);
  await close();
  if (kind === 'a folder of images') {
    return { numbers: 1, areIndices: true, areBinary: false, areOneHot: false };
  }
  const named = kind === 'a table' && sampleNames && (await namedLabelForm(path, options));
  if (named) return named;
  const source = await openPositions(path, options);
  try {
    const numbers = source.sampleShape.reduce((product, length) => product * length, 1);
    const areIndices = numbers === 1 && /^u?int/.test(source.dtype);
    return { numbers, areIndices, ...(await formOf(source, numbers)) };
  } finally {
    await source.close();
  }
}

async function positionLabels(path: string, options: LabelOptions): Promise<Labels> {
  const { optionName = quotedOption, sampleNames, order } = options;
  if (sampleNames && order === undefined) requireOneOrder(path, sampleNames, options);
  const source = await openPositions(path, options);
  try {
    const { task = 'classification', outputs = 1, classes } = options;
    const values = await (task === 'classification'
      ? classIndices(source, classes, optionName)
      : targetValues(source, outputs, task));
    const matched = sampleNames ? `, matched by position with the images ${wordsOf(order)}` : ', by position';
    return { values, description: `${nameOf(path, source)}: ${source.count} labels${matched}` };
  } finally {
    await source.close();
  }
}

function wordsOf(order: SourceOptions['order']): string {
  return order === 'numeric' ? 'by the numbers in their paths' : 'by path';
}

function nameOf(path: string, { name }: SampleSource): string {
  return `${basename(path)}${name.slice(path.length)}`;
}

function openPositions(path: string, options: LabelOptions): Promise<OpenSource> {
  const { optionName = quotedOption, array, labelColumn, header, separator, decimal } = options;
  const { classNames, count } = options;
  return openSource(path, {
    optionName,
    ...(array !== undefined && { array }),
    ...(labelColumn !== undefined && { columns: [labelColumn].flat() }),
    ...(header !== undefined && { header }),
    ...(separator !== undefined && { separator }),
    ...(decimal !== undefined && { decimal }),
    rows: {
      words: classNames && new Map(classNames.map((name, index) => [name, index])),
      wordAdvice: wordAdvice(options),
      expected: count,
    },
  });
}

/** @throws DATA_FILE_INVALID where images have one order by path and another one by numbers. */
function requireOneOrder(
  path: string,
  sampleNames: readonly string[],
  { optionName = quotedOption }: LabelOptions,
): void {
  const numeric = sortImages(sampleNames, 'numeric');
  const place = [...sampleNames].sort(byCodePoint).findIndex((name, index) => name !== numeric[index]);
  if (place < 0) return;
  throw invalid(
    path,
    `has labels by position for images that may come by path, ${sampleNames[place]} before ${numeric[place]}, or by the numbers in their names. Give a table of file names and labels, or say with ${optionName('order')} which order it is: path or numeric.`,
  );
}

function requireLabelOptions({ task = 'classification', classes, outputs = 1 }: LabelOptions): void {
  if (task !== 'classification' && task !== 'multiLabel' && task !== 'regression') {
    throw unfit(
      `task is ${JSON.stringify(task)}: 'classification', 'multiLabel' or 'regression' was expected.`,
    );
  }
  for (const [option, value] of Object.entries({ classes: classes ?? 1, outputs })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw unfit(`${option} is ${value}: a whole number of at least 1 was expected.`);
  }
}
