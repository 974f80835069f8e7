import { readdir } from 'node:fs/promises';
import { sortImages } from './image-order.js';
import { isFolder } from './is-folder.js';

/**
 * Names of the folders in a folder and of links to such, by code point; but for those that begin with a dot.
 */
export async function listSubfolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.name.startsWith('.') && (await isFolder(folder, entry))) names.push(entry.name);
  }
  return sortImages(names, 'path');
}
