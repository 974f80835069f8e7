import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Where one of `files`, which make-files.py made, lies. */
export function madeFile(name: string): string {
  return fileURLToPath(new URL(`./files/${name}`, import.meta.url));
}

/** Where one of `images`, which make-images.py made by Pillow, lies. */
export function pillowFile(name: string): string {
  return fileURLToPath(new URL(`./images/${name}`, import.meta.url));
}

/** A folder with these files, by their paths in it, for the length of a test. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fuseinit-data-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** A file with this content, for the length of a test. */
export async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  return join(await folderWith({ [name]: content }), name);
}

/** The first `bytes` of one of `files`; what is negative counts from the end. */
export async function cutFile(name: string, bytes: number): Promise<string> {
  return fileWith(name, (await readFile(madeFile(name))).subarray(0, bytes));
}
