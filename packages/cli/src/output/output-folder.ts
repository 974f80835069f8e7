import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import { copyMetadata } from './metadata.js';
import { type InputPaths, requireNoInput } from './never-an-input.js';
import { occupied, unwritable } from './output-errors.js';

/** A folder that comes to be as a whole. */
export interface OutputFolder {
  /** As the user gave it. */
  readonly path: string;
  /** Where its files are written until they are whole. */
  readonly draft: string;
  /** Puts them into their place. */
  publish(): Promise<void>;
  /** Leaves nothing behind, unless it was published. */
  discard(): Promise<void>;
}

/**
 * Begins a folder with a model in it.
 *
 * @param path Of the folder; those that it is in are made.
 * @param inputs What the command reads, which it never writes over.
 * @param format Of the model.
 * @throws OUTPUT_EXISTS when something is there and `force` isn't asked for.
 * @throws OUTPUT_IS_INPUT
 * @throws OUTPUT_UNWRITABLE
 */
export async function openOutputFolder(
  path: string,
  force: boolean,
  inputs: InputPaths,
  format: ModelFormat = 'layers',
): Promise<OutputFolder> {
  await requireNoInput(path, inputs);
  const folder = resolve(path);
  const found = await entriesOf(path, folder);
  if (found?.some((name) => !isDraft(name)) && !force) throw occupied(path, "is a folder that isn't empty");
  // Within a folder that is there: it may be another disk than its parent.
  const parent = found ? folder : dirname(folder);
  const draft = join(parent, `.${basename(folder)}.${randomUUID()}.tmp`);
  try {
    await mkdir(parent, { recursive: true });
    await mkdir(draft);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  return {
    path,
    draft,
    async publish() {
      try {
        if (found) await publishInto(folder, draft, format);
        else await rename(draft, folder);
      } catch (cause) {
        throw unwritable(path, FuseInitError.isInstance(cause) ? cause.cause : cause);
      }
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

/** What a killed run left. */
function isDraft(name: string): boolean {
  return /^\..*\.[\da-f]{8}-[\da-f-]{27}\.tmp$/.test(name);
}

/** The model last, as a whole: where it is, all is. What else is there stays. */
async function publishInto(folder: string, draft: string, format: ModelFormat): Promise<void> {
  const files = format === 'graph' ? graphModelFiles : modelFiles;
  const model = await files(draft).load();
  for (const name of await readdir(draft)) {
    if (/^report\./.test(name)) await rename(join(draft, name), join(folder, name));
  }
  await copyMetadata(draft, folder);
  await files(folder).save(model);
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
