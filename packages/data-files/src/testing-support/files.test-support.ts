import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fileWith } from '@fuseinit/test-inputs/folders';

/** Where one of `files`, which make-files.py made, lies. */
export function madeFile(name: string): string {
  return fileURLToPath(new URL(`./files/${name}`, import.meta.url));
}

/** The first `bytes` of one of `files`; what is negative counts from the end. */
export async function cutFile(name: string, bytes: number): Promise<string> {
  return fileWith(name, (await readFile(madeFile(name))).subarray(0, bytes));
}
