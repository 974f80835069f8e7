import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type InputPaths, requireNoInput } from './never-an-input.js';
import { occupied, unwritable } from './output-errors.js';

/**
 * Checks an output path before any work is done.
 *
 * @param inputs The paths that the command reads, which it never overwrites.
 * @throws OUTPUT_EXISTS if the file exists and `force` is false, or the path is a folder.
 * @throws OUTPUT_IS_INPUT
 */
export async function requireOutputFile(path: string, force: boolean, inputs: InputPaths): Promise<void> {
  await requireNoInput(path, inputs);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw occupied(path, 'is a folder where a file was expected');
  if (found && !force) throw occupied(path, 'is there already');
}

/**
 * Writes a file atomically.
 *
 * @throws OUTPUT_UNWRITABLE
 */
export async function writeOutputFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, content, { flag: 'wx', flush: true });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw unwritable(path, cause);
  }
}
