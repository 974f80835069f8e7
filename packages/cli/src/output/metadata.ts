import { constants, copyFile, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { unwritable } from './output-errors.js';

/**
 * A file beside a model.json that isn't part of the model, with the names of classes: Teachable Machine
 * writes it.
 */
const metadataFile = 'metadata.json';

/**
 * Copies the metadata beside a model to a folder, if there are any; those that are there already stay.
 *
 * @param model A folder with a model.json, or that file.
 * @param path What errors call the folder.
 * @throws OUTPUT_UNWRITABLE
 */
export async function copyMetadata(model: string, folder: string, path = folder): Promise<void> {
  try {
    await copyFile(metadataPath(model), join(folder, metadataFile), constants.COPYFILE_EXCL);
  } catch (cause) {
    if (!['ENOENT', 'EEXIST', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) {
      throw unwritable(path, cause);
    }
  }
}

/** Names of classes as the metadata beside a model have them, by index; undefined where there are none. */
export async function classNamesBeside(model: string): Promise<readonly string[] | undefined> {
  try {
    const { labels } = JSON.parse(await readFile(metadataPath(model), 'utf8')) as { labels?: unknown };
    const areNames = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
    return areNames ? (labels as string[]) : undefined;
  } catch {
    // Whatever else the file may be, it isn't the model's.
    return undefined;
  }
}

function metadataPath(model: string): string {
  return join(extname(model).toLowerCase() === '.json' ? dirname(model) : model, metadataFile);
}
