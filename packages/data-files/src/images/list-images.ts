import { readdir, realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { invalid, unreadable } from '../data-errors.js';
import { isFolder } from './is-folder.js';

const extensions = new Set(['.png', '.jpg', '.jpeg']);

/**
 * Paths of the images in a folder and in those below it, relative to it, with slashes, by code unit: the same order
 * everywhere. Links are followed but for those to a folder that they are in; names that begin with a dot are passed
 * over, as those that macOS leaves behind.
 *
 * @throws DATA_FILE_INVALID when there are none.
 */
export async function listImages(folder: string): Promise<string[]> {
  const images: string[] = [];
  let others = 0;
  for await (const path of filesBelow(folder, '', [])) {
    if (extensions.has(extname(path).toLowerCase())) images.push(path);
    else others++;
  }
  if (images.length > 0) return images.sort();
  throw invalid(
    folder,
    `holds no images: .png, .jpg or .jpeg files were expected, in it or in folders below it; ${others} other files are there.`,
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
    if (entry.name.startsWith('.')) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (await isFolder(path, entry)) yield* filesBelow(folder, name, [...above, real]);
    else yield name;
  }
}
