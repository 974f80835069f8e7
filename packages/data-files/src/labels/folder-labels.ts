import { basename } from 'node:path';
import { invalid, unfit } from '../data-errors.js';
import { listSubfolders } from '../images/list-subfolders.js';
import { readableImages } from '../images/readable-images.js';
import { quotedOption } from '../source-options.js';
import type { LabelOptions, Labels } from './label-options.js';
import { requireLabelled } from './label-values.js';
import { matchNames } from './match-names.js';

/**
 * Of each image of a folder, the index of the folder it is in among the folders there, by name. One without
 * images counts too: a part of a data set has the same indices as the whole.
 *
 * @throws DATA_FILE_INVALID for an image that is in none of them, or another number of folders than of
 * classes.
 */
export async function folderLabels(folder: string, options: LabelOptions): Promise<Labels> {
  const { optionName = quotedOption, sampleNames, task, order, skipUnreadable } = options;
  if (task === 'regression' || task === 'multiLabel') {
    throw unfit(
      `${task === 'regression' ? 'Numbers' : 'Several labels of a sample'} are to be predicted, and the folders in ${folder} are classes. Give a file with the values.`,
    );
  }
  const listing = { ...(order && { order }), ...(skipUnreadable !== undefined && { skipUnreadable }) };
  const { images } = await readableImages(folder, listing, optionName);
  const paths = images.map(({ path }) => path);
  const names = await classFolders(folder, options);
  const indices = new Map(names.map((name, index) => [name, index]));
  const classes = paths.map((path) => classOf(folder, path, indices));
  const told = `${basename(folder)}: ${classes.length} labels of ${names.length} classes by folder (${listed(names)})`;
  if (!sampleNames) return { values: Int32Array.from(classes), description: told };
  const { places } = matchNames(sampleNames, paths);
  const values = requireLabelled(folder, sampleNames, places).map((place) => classes[place]!);
  return { values: Int32Array.from(values), description: told };
}

/** Names of the classes by their indices. */
async function classFolders(
  folder: string,
  { classes, classNames, optionName = quotedOption }: LabelOptions,
): Promise<readonly string[]> {
  const found = await listSubfolders(folder);
  if (classNames) {
    const unknown = found.find((name) => !classNames.includes(name));
    if (unknown === undefined) return classNames;
    throw invalid(
      folder,
      `has the folder ${unknown}, which is none of the ${classNames.length} names given as ${optionName('classNames')}. Add it, or move it away.`,
    );
  }
  if (classes === undefined || found.length === classes) return found;
  throw invalid(
    folder,
    `has ${found.length} folders: one for each of ${classes} classes was expected. Give the names of all classes, in the order of their indices, as ${optionName('classNames')}.`,
  );
}

function classOf(folder: string, path: string, indices: ReadonlyMap<string, number>): number {
  const index = indices.get(path.split('/')[0]!);
  if (index !== undefined) return index;
  throw invalid(folder, `has the image ${path} in no folder below it: a folder for each class was expected.`);
}

const mostListed = 10;

function listed(names: readonly string[]): string {
  const told = names.slice(0, mostListed).map((name, index) => `${index} ${name}`);
  return `${told.join(', ')}${names.length > mostListed ? ', ...' : ''}`;
}
