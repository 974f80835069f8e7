import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { modelFiles } from '@fuseinit/model-files';
import { CliError } from '../program/cli-error.js';
import { occupied, unwritable } from './output-errors.js';

/** A folder that comes to be as a whole. */
export interface OutputFolder {
  /** As it was asked for. */
  readonly path: string;
  /** Where its files are written, beside where they will be. */
  readonly draft: string;
  /** Puts it into its place. */
  publish(): Promise<void>;
  /** Leaves nothing behind, unless it was published. */
  discard(): Promise<void>;
}

/**
 * Begins a folder with a model in it.
 *
 * @param path Of the folder; those that it is in are made.
 * @throws OUTPUT_EXISTS when something is there and `force` isn't asked for.
 * @throws OUTPUT_UNWRITABLE
 */
export async function openOutputFolder(path: string, force: boolean): Promise<OutputFolder> {
  const folder = resolve(path);
  const found = await entriesOf(path, folder);
  if (found !== undefined && found.length > 0 && !force) throw occupied(path, "is a folder that isn't empty");
  const draft = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(draft);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  return {
    path,
    draft,
    async publish() {
      try {
        const before = await entriesOf(path, folder);
        if (before !== undefined && before.length > 0) return await publishInto(folder, draft);
        // Windows renames nothing onto a folder.
        if (before !== undefined) await rmdir(folder);
        await rename(draft, folder);
      } catch (cause) {
        if (cause instanceof CliError || FuseInitError.isInstance(cause)) throw cause;
        throw unwritable(path, cause);
      }
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

/** Replaces the model that is there as a whole, then the files beside it one by one; what else is there stays. */
async function publishInto(folder: string, draft: string): Promise<void> {
  await modelFiles(folder).save(await modelFiles(draft).load());
  for (const name of await readdir(draft)) {
    if (/^report\./.test(name)) await rename(join(draft, name), join(folder, name));
  }
  await rm(draft, { recursive: true });
}

async function entriesOf(path: string, folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw occupied(path, 'is a file where a folder was expected');
    throw unwritable(path, cause);
  }
}
