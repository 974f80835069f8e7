import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = '.partial-';
/** No download or build takes this long: what is older was left by a process that was killed. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Work in a folder beside where its result goes; it is gone when the work has ended, well or not. */
export async function inPartialFolder<T>(beside: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(beside, { recursive: true });
  for (const name of await readdir(beside)) {
    const path = join(beside, name);
    if (!name.startsWith(prefix) || Date.now() - (await stat(path)).mtimeMs < abandonedAfterMs) continue;
    await rm(path, { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(beside, prefix));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
