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
export async function saveStudent(student: LayersModel, { draft, path }: OutputFolder): Promise<void> {
  try {
    await student.save(modelFiles(draft));
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code !== 'MODEL_FILE_UNWRITABLE') throw error;
    throw unwritable(path, error.cause);
  }
}
