import { readdir, realpath } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { invalid, unreadable } from '../data-errors.js';
import { type ImageOrder, sortImages } from './image-order.js';
import { isFolder } from './is-folder.js';

const extensions = new Set(['.png', '.jpg', '.jpeg']);

/** Paths of files in a folder and in those below it, relative to it, with slashes. */
export interface ListedFiles {
  readonly images: readonly string[];
  /** Files of other formats, and those whose names begin with a dot, as macOS leaves them behind. */
  readonly others: readonly string[];
}

/**
 * The images in a folder and in those below it, in an order that is the same everywhere. Links are followed
 * but for those to a folder that they are in; folders whose names begin with a dot are passed over.
 *
 * @throws DATA_FILE_INVALID when there are no images.
 */
export async function listImages(folder: string, order: ImageOrder): Promise<ListedFiles> {
  const images: string[] = [];
  const others: string[] = [];
  for await (const path of filesBelow(folder, '', [])) {
    const isImage = extensions.has(extname(path).toLowerCase()) && !basename(path).startsWith('.');
    (isImage ? images : others).push(path);
  }
  if (images.length > 0) return { images: sortImages(images, order), others: sortImages(others, 'path') };
  throw invalid(
    folder,
    `holds no images: .png, .jpg or .jpeg files were expected, in it or in folders below it; ${others.length} other files are there.`,
  );
}

/** @param above Real paths of the folders that this one is in. */
async function* filesBelow(folder: string, below: string, above: readonly string[]): AsyncGenerator<string> {
  const path = join(folder, below);
  const real = await realpath(path);
  if (above.includes(real)) return;
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
    throw unreadable(path, cause);
  });
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!(await isFolder(path, entry))) yield name;
    else if (!entry.name.startsWith('.')) yield* filesBelow(folder, name, [...above, real]);
  }
}
