import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import { copyMetadata } from './metadata.js';
import { type InputPaths, requireNoInput } from './never-an-input.js';
import { occupied, unwritable } from './output-errors.js';

/** An output folder whose files are published together. */
export interface OutputFolder {
  /** The path as the user gave it. */
  readonly path: string;
  /** The temporary folder where files are written until all are complete. */
  readonly draft: string;
  /** Moves the files from the draft to the folder. */
  publish(): Promise<void>;
  /** Removes the draft. It does nothing after publishing into a new folder. */
  discard(): Promise<void>;
}

/**
 * Opens a folder to write a model to.
 *
 * @param path The path of the folder; missing parent folders are created.
 * @param inputs The paths that the command reads, which it never overwrites.
 * @param format The format of the model.
 * @throws OUTPUT_EXISTS if the folder isn't empty and `force` is false, or the path is a file.
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
  // For an existing folder the draft is inside it, since its parent may be on another disk.
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

/** Whether a name is that of a draft, left behind by a killed run. */
function isDraft(name: string): boolean {
  return /^\..*\.[\da-f]{8}-[\da-f-]{27}\.tmp$/.test(name);
}

/**
 * Moves the draft into an existing folder, with the model last, so that a complete model implies that
 * everything else is there. Other files in the folder are kept.
 */
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
