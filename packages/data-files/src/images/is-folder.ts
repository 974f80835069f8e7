import type { Dirent } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether an entry of the folder at `path` is one itself, or a link to one. A link that leads nowhere is
 * none: reading it will say what is wrong.
 */
export async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const found = await stat(join(path, entry.name)).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
