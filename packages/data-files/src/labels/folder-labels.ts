import { basename } from 'node:path';
import { invalid, unfit } from '../data-errors.js';
import { listSubfolders } from '../images/list-images.js';
import { readableImages } from '../images/readable-images.js';
import { quotedOption } from '../source-options.js';
import type { LabelOptions, Labels } from './label-options.js';
import { requireLabelled } from './label-values.js';

/** The match of images with names. */
export interface NameMatch {
  /** For each image, the index of its name; undefined if it has none or more than one. */
  readonly places: readonly (number | undefined)[];
  /** The indices of names that match no image. */
  readonly unused: readonly number[];
}

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const stem = (path: string) => fileName(path).replace(/\.(png|jpe?g)$/i, '');

/** The ways in which two paths may match, the strictest first. */
const keys: readonly ((path: string) => string)[] = [
  (path) => path,
  fileName,
  // Names may lack the file extension.
  stem,
  // A program that reads 007 as a number writes 7.
  (path) => stem(path).replace(/^0+(?=\d+$)/, ''),
];

/**
 * Matches images with names by whole paths, or else by file names, or else by file names without their
 * extension, or else by these without leading zeros. A way counts only if it distinguishes all images. Names
 * may have leading folders that the images' paths lack.
 *
 * @returns The match that covers the most images.
 */
export function matchNames(images: readonly string[], names: readonly string[]): NameMatch {
  const ours = images.map(plain);
  const theirs = withoutSharedFolder(names.map(plain), ours);
  const matches = keys.flatMap((key) => matchBy(key, ours, theirs) ?? []);
  const score = ({ places }: NameMatch) => places.filter((place) => place !== undefined).length;
  return matches.reduce((one, other) => (score(other) > score(one) ? other : one));
}

/** Returns the path with slashes and without parts that mean the folder itself. */
function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
}

/** Removes the folders that all names begin with, as far as no image's path begins with them. */
function withoutSharedFolder(names: readonly string[], images: readonly string[]): readonly string[] {
  const [first = ''] = names;
  const end = first.indexOf('/') + 1;
  const folder = first.slice(0, end);
  const isShared = end > 0 && names.every((name) => name.startsWith(folder));
  if (!isShared || images.some((image) => image.startsWith(folder))) return names;
  return withoutSharedFolder(
    names.map((name) => name.slice(end)),
    images,
  );
}

function matchBy(
  key: (path: string) => string,
  images: readonly string[],
  names: readonly string[],
): NameMatch | undefined {
  const keyed = images.map(key);
  if (new Set(keyed).size < keyed.length) return undefined;
  const places = new Map<string, number | undefined>();
  for (const [place, name] of names.entries()) {
    const own = key(name);
    // A name that occurs twice identifies nothing.
    places.set(own, places.has(own) ? undefined : place);
  }
  const found = keyed.map((own) => places.get(own));
  const used = new Set(found);
  return {
    places: found,
    unused: [...names.keys()].filter((place) => !used.has(place)),
  };
}

/**
 * Returns for each image the index of its folder among the sorted names of folders. A folder without images
 * counts too, so that a part of a data set has the same indices as the whole.
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

/** The names of the classes by their indices. */
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
