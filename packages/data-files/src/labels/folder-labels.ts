import { invalid } from '../data-errors.js';
import { listSubfolders } from '../images/list-subfolders.js';
import { readableImages } from '../images/readable-images.js';

/**
 * Of each image of a folder, the index of the folder it is in among the folders there, by name. One without images
 * counts too: a part of a data set has the same indices as the whole.
 *
 * @throws DATA_FILE_INVALID for an image that is in none of them, or another number of folders than of classes.
 */
export async function folderLabels(
  folder: string,
  skipUnreadable: boolean,
  classes: number | undefined,
): Promise<Int32Array> {
  const { images } = await readableImages(folder, skipUnreadable);
  const names = await listSubfolders(folder);
  if (classes !== undefined && names.length !== classes) {
    throw invalid(folder, `has ${names.length} folders: one for each of ${classes} classes was expected.`);
  }
  const indices = new Map(names.map((name, index) => [name, index]));
  return Int32Array.from(images, ({ path }) => {
    const index = indices.get(path.split('/')[0]!);
    if (index !== undefined) return index;
    throw invalid(
      folder,
      `has the image ${path} in no folder below it: a folder for each class was expected.`,
    );
  });
}
