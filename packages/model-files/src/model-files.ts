import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { loadModel } from './files/load-model.js';
import type { ModelFormat } from './files/model-json.js';
import { modelLocation } from './files/model-location.js';
import { type WeightDtype, weightDtypes } from './files/quantize-weights.js';
import { saveModel } from './files/save-model.js';

/** Options of {@link modelFiles}. */
export interface ModelFilesOptions {
  /** Largest size of one weight file, in bytes; 4 MiB without it, as the TensorFlow.js converter has it. */
  readonly shardBytes?: number;
  /**
   * What float32 weights are stored as when a model is saved. TensorFlow.js computes with float32 whatever
   * they are stored as. uint8 and uint16 are steps of one size between the least and the largest number of a
   * weight. Weights of fewer than two dimensions, such as biases, stay float32. Without it, weights stay as
   * they come.
   */
  readonly weights?: WeightDtype;
}

/** What `tf.loadLayersModel` or `tf.loadGraphModel`, and `model.save` take. */
export interface ModelFiles extends io.IOHandler {
  load(): Promise<io.ModelArtifacts>;
  save(artifacts: io.ModelArtifacts): Promise<io.SaveResult>;
}

/**
 * Files of a LayersModel, for `tf.loadLayersModel(modelFiles(path))` and `model.save(modelFiles(path))`.
 *
 * Saving replaces the model as a whole: a reader, at any moment and after any crash, finds the old one or the
 * new one. One program at a time may save to a path; any number may load from it.
 *
 * @param path A folder that holds model.json, or a file that ends in .json; a `file:` URL will do.
 * @throws ARGUMENT_INVALID when `shardBytes` isn't a whole number of at least 1, `weights` is another word,
 * or the URL
 *   isn't one of a file.
 * @throws MODEL_UNSUPPORTED when the path is a file of another format; on loading, when it isn't a layers
 * model or uses
 *   what TensorFlow.js would compute otherwise than Keras.
 * @throws MODEL_FILE_MISSING on loading, when model.json or a weight file isn't there.
 * @throws MODEL_FILE_INVALID on loading, when a file isn't what it should be, or lies outside the model's
 * folder.
 * @throws MODEL_FILE_UNWRITABLE on saving, when a file can't be written; what was there before is still
 * there.
 * @throws PRECISION_TOO_LOW on saving as float16, with the name of a weight that is out of its range.
 * @throws VALUE_NOT_FINITE on saving as uint8 or uint16, with the name of a weight that holds NaN or
 * Infinity.
 */
export function modelFiles(path: string | URL, options: ModelFilesOptions = {}): ModelFiles {
  return filesOf('layers-model', path, options);
}

/**
 * Files of a GraphModel, for `tf.loadGraphModel(graphModelFiles(path))` and for saving the artifacts of one,
 * with all the care of {@link modelFiles}.
 *
 * @throws as {@link modelFiles}, and MODEL_UNSUPPORTED for a LayersModel.
 */
export function graphModelFiles(path: string | URL, options: ModelFilesOptions = {}): ModelFiles {
  return filesOf('graph-model', path, options);
}

function filesOf(
  format: ModelFormat,
  path: string | URL,
  { shardBytes = 4 * 2 ** 20, weights }: ModelFilesOptions,
): ModelFiles {
  const location = modelLocation(path);
  if (weights !== undefined && !weightDtypes.includes(weights)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `weights is ${JSON.stringify(weights)}: ${weightDtypes.join(', ')} are what weights can be stored as.`,
    );
  }
  return {
    load: () => loadModel(location, format),
    save: (artifacts) => saveModel(location, artifacts, { format, shardBytes, weights }),
  };
}
