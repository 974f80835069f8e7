import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { invalid, unreadable } from '../data-errors.js';

/**
 * Whether an entry of the folder at `path` is a folder or a link to one. A broken link is none; reading it
 * will report the problem.
 */
async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const found = await stat(join(path, entry.name)).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/**
 * Lists the folders in a folder and links to folders by code points, except for names that begin with a dot.
 */
export async function listSubfolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.name.startsWith('.') && (await isFolder(folder, entry))) names.push(entry.name);
  }
  return sortImages(names, 'path');
}

/**
 * The order of images: by code points of the path, as Python sorts, or by the values of numbers in it: 2.png
 * before 10.png.
 */
export type ImageOrder = 'path' | 'numeric';

export const imageOrders: readonly ImageOrder[] = ['path', 'numeric'];

/** Compares by code points, as Python does; JavaScript's own order is by UTF-16 units. */
export function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Compares runs of digits by their value, and everything between them by code points. */
function byNumber(one: string, other: string): number {
  const [ours, theirs] = [partsOf(one), partsOf(other)];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index++) {
    const [our, their] = [ours[index]!, theirs[index]!];
    // Every other part is a run of digits.
    const difference = index % 2 === 1 ? Number(BigInt(our) - BigInt(their)) : byCodePoint(our, their);
    if (difference !== 0) return difference;
  }
  return ours.length - theirs.length || byCodePoint(one, other);
}

function partsOf(path: string): string[] {
  return path.split(/(\d+)/);
}

export function sortImages(paths: readonly string[], order: ImageOrder): string[] {
  return [...paths].sort(order === 'numeric' ? byNumber : byCodePoint);
}

const extensions = new Set(['.png', '.jpg', '.jpeg']);

/** The paths of files in a folder and its subfolders, relative to it, with slashes. */
export interface ListedFiles {
  readonly images: readonly string[];
  /** Files of other formats, and those whose names begin with a dot, as macOS leaves behind. */
  readonly others: readonly string[];
}

/**
 * Lists the images in a folder and its subfolders in an order that is the same on every machine. Links are
 * followed, except to a folder that contains them; folders whose names begin with a dot are skipped.
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

/** @param above The real paths of the folders that contain this one. */
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
