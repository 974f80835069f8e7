import { FuseInitError } from '@fuseinit/core';
import { modelFiles } from '@fuseinit/model-files';
import type { LayersModel } from '@fuseinit/tfjs';
import { unwritable } from './output-errors.js';
import type { OutputFolder } from './output-folder.js';

/**
 * Saves a model in the draft of a folder.
 *
 * @throws OUTPUT_UNWRITABLE with the folder's own path.
 */
export function saveStudent(student: LayersModel, output: OutputFolder): Promise<void> {
  return saveDraft(output, (draft) => student.save(modelFiles(draft)));
}

/**
 * Saves a model of either format in the draft of a folder.
 *
 * @param save Given the draft.
 * @throws OUTPUT_UNWRITABLE with the folder's own path.
 */
export async function saveDraft(
  { draft, path }: OutputFolder,
  save: (draft: string) => Promise<unknown>,
): Promise<void> {
  try {
    await save(draft);
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code !== 'MODEL_FILE_UNWRITABLE') throw error;
    throw unwritable(path, error.cause);
  }
}
