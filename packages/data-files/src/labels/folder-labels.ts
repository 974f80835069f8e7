import { invalid } from '../data-errors.js';
import { readableImages } from '../images/readable-images.js';

/**
 * Of each image of a folder, the index of the folder it is in among the folders there, sorted by code unit.
 *
 * @throws DATA_FILE_INVALID for an image that is in none of them.
 */
export async function folderLabels(folder: string, skipUnreadable: boolean): Promise<Int32Array> {
  const { images } = await readableImages(folder, skipUnreadable);
  const classes = images.map(({ path }) => {
    const end = path.indexOf('/');
    if (end >= 0) return path.slice(0, end);
    throw invalid(
      folder,
      `has the image ${path} in no folder below it: a folder for each class was expected.`,
    );
  });
  const indices = new Map([...new Set(classes)].sort().map((name, index) => [name, index]));
  return Int32Array.from(classes, (name) => indices.get(name)!);
}
