import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** An empty folder for the length of a test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fuseinit-model-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Where a model of `models` lies. */
export function modelFolder(name: string): string {
  return fileURLToPath(new URL(`./models/${name}/`, import.meta.url));
}

/** A copy of one of `models`, to be spoilt. */
export async function copiedModel(name: string): Promise<string> {
  const folder = join(await emptyFolder(), name);
  await cp(modelFolder(name), folder, { recursive: true });
  return folder;
}
