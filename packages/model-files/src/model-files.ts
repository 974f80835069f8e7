import type { io } from '@tensorflow/tfjs';
import { loadModel } from './files/load-model.js';
import { modelLocation } from './files/model-location.js';
import { saveModel } from './files/save-model.js';

export interface ModelFilesOptions {
  /** Largest size of one weight file, in bytes; 4 MiB without it, as the TensorFlow.js converter has it. */
  readonly shardBytes?: number;
}

/** What `tf.loadLayersModel` and `model.save` take. */
export interface ModelFiles extends io.IOHandler {
  load(): Promise<io.ModelArtifacts>;
  save(artifacts: io.ModelArtifacts): Promise<io.SaveResult>;
}

/**
 * Files of a model, for `tf.loadLayersModel(modelFiles(path))` and `model.save(modelFiles(path))`.
 *
 * Saving replaces the model as a whole: a reader, at any moment and after any crash, finds the old one or the new one.
 * One program at a time may save to a path; any number may load from it.
 *
 * @param path A folder that holds model.json, or a file that ends in .json; a `file:` URL will do.
 * @throws ARGUMENT_INVALID when `shardBytes` isn't a whole number of at least 1, or the URL isn't one of a file.
 * @throws MODEL_UNSUPPORTED when the path is a file of another format; on loading, when it isn't a layers model or uses
 *   what TensorFlow.js would compute otherwise than Keras.
 * @throws MODEL_FILE_MISSING on loading, when model.json or a weight file isn't there.
 * @throws MODEL_FILE_INVALID on loading, when a file isn't what it should be, or lies outside the model's folder.
 * @throws MODEL_FILE_UNWRITABLE on saving, when a file can't be written; what was there before is still there.
 */
export function modelFiles(
  path: string | URL,
  { shardBytes = 4 * 2 ** 20 }: ModelFilesOptions = {},
): ModelFiles {
  const location = modelLocation(path);
  return {
    load: () => loadModel(location),
    save: (artifacts) => saveModel(location, artifacts, shardBytes),
  };
}
