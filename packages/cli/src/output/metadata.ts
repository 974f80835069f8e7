import { constants, copyFile, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { unwritable } from './output-errors.js';

/**
 * The name of the file with class names that Teachable Machine writes beside model.json. It isn't part of the
 * model.
 */
const metadataFile = 'metadata.json';

/**
 * Copies the metadata beside a model to a folder, if there are any. Metadata that exist there already are
 * kept.
 *
 * @param model A folder with a model.json, or that file.
 * @param path The folder's path in errors.
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

/** The names of classes, by index, from the metadata beside a model; undefined if there are none. */
export async function classNamesBeside(model: string): Promise<readonly string[] | undefined> {
  try {
    const { labels } = JSON.parse(await readFile(metadataPath(model), 'utf8')) as { labels?: unknown };
    const areNames = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
    return areNames ? (labels as string[]) : undefined;
  } catch {
    // A file that can't be read or parsed doesn't belong to the model.
    return undefined;
  }
}

function metadataPath(model: string): string {
  return join(extname(model).toLowerCase() === '.json' ? dirname(model) : model, metadataFile);
}
