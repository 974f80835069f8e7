import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** A folder that holds a model.json. */
export interface ModelFolder {
  readonly path: string;
  /** The name of the folder itself, without its path. */
  readonly name: string;
}

/**
 * Finds the models in folders: a folder with a model.json is one, others are looked into, hidden ones and
 * node_modules not.
 *
 * @throws Error for a folder that doesn't exist or contains no model.
 */
export function findModels(folders: readonly string[]): ModelFolder[] {
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) throw new Error(`${folder} isn't there: a folder of models was expected.`);
    const found = modelsIn(resolve(folder));
    if (found.length === 0) throw new Error(`${folder} has no model.json in it, nor has any folder of it.`);
    return found;
  });
}

function modelsIn(path: string): ModelFolder[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some((entry) => entry.name === 'model.json')) return [{ path, name: basename(path) }];
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .flatMap((entry) => modelsIn(join(path, entry.name)));
}
