import { stat } from 'node:fs/promises';
import { unfit } from './data-errors.js';
import { classIndices } from './labels/class-indices.js';
import { folderLabels } from './labels/folder-labels.js';
import { targetValues } from './labels/target-values.js';
import { openSource } from './open-source.js';
import { requireOptionsOf, type SourceOptions } from './source-options.js';

export interface LabelOptions
  extends Pick<SourceOptions, 'array' | 'labelColumn' | 'header' | 'separator' | 'skipUnreadable'> {
  /** What the labels are: 'classification', without it, for indices of classes; 'regression' for any numbers. */
  readonly task?: 'classification' | 'regression';
  /** How many classes there are: labels from there on are refused. */
  readonly classes?: number;
}

/**
 * Labels of samples, in their order: from a .npy, .npz, idx or CSV file; or from a folder that has a folder of images
 * for each class, where a label is the index of the folder's name among the sorted names.
 *
 * @returns [count]: for classification the classes' indices, from 0; also of one-hot rows.
 * @throws DATA_FILE_MISSING when there is nothing at the path.
 * @throws DATA_FILE_INVALID as `openData` does; with the row, for a label that is no class's index.
 * @throws ARGUMENT_INVALID for an option that isn't about this format.
 */
export function openLabels(
  path: string,
  options: LabelOptions & { readonly task: 'regression' },
): Promise<Float32Array>;
export function openLabels(
  path: string,
  options?: LabelOptions & { readonly task?: 'classification' },
): Promise<Int32Array>;
export async function openLabels(
  path: string,
  { task = 'classification', classes, ...options }: LabelOptions = {},
): Promise<Int32Array | Float32Array> {
  if (task !== 'classification' && task !== 'regression') {
    throw unfit(`task is ${JSON.stringify(task)}: 'classification' or 'regression' was expected.`);
  }
  if (classes !== undefined && !(Number.isSafeInteger(classes) && classes > 0)) {
    throw unfit(`classes is ${classes}: a whole number of at least 1 was expected.`);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    requireOptionsOf('a folder of images', path, options);
    if (task === 'classification') return folderLabels(path, options.skipUnreadable ?? false, classes);
    throw unfit(`task is 'regression': the folders in ${path} are classes. Give a file with the values.`);
  }
  const { labelColumn } = options;
  const columns = labelColumn === undefined ? {} : { columns: [labelColumn] };
  const source = await openSource(path, { ...options, ...columns });
  try {
    return task === 'regression' ? await targetValues(source) : await classIndices(source, classes);
  } finally {
    await source.close();
  }
}
