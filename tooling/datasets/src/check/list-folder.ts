import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attemptRead } from './attempt-read.js';
import { type DataFolder, missing } from './data-errors.js';

/**
 * Names in a set's folder or in one below it, sorted.
 *
 * @throws DATA_FILE_MISSING saying where to get the set and where to put it.
 * @throws DATA_FILE_INVALID for a file instead of a folder, or a folder that may not be read.
 */
export function listFolder(folder: DataFolder, below = ''): string[] {
  const path = join(folder.path, below);
  const names = attemptRead(path, (at) => readdirSync(at));
  if (!names) throw missing(folder, path);
  return names.sort();
}
