import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { loadModel } from './files/load-model.js';
import type { ModelFormat } from './files/model-json.js';
import { modelLocation } from './files/model-location.js';
import { type WeightDtype, weightDtypes } from './files/quantize-weights.js';
import { saveModel } from './files/save-model.js';

/** Options of {@link modelFiles}. */
export interface ModelFilesOptions {
  /** The maximum size of a weight file in bytes. Default 4 MiB, as in the TensorFlow.js converter. */
  readonly shardBytes?: number;
  /**
   * The type in which float32 weights are stored when a model is saved. TensorFlow.js computes in float32
   * regardless of the stored type. uint8 and uint16 are equal steps between the smallest and the largest
   * number of a weight. Weights of fewer than two dimensions, such as biases, stay float32. By default,
   * weights are stored as they are.
   */
  readonly weights?: WeightDtype;
}

/** An IO handler for `tf.loadLayersModel` or `tf.loadGraphModel`, and for `model.save`. */
export interface ModelFiles extends io.IOHandler {
  load(): Promise<io.ModelArtifacts>;
  save(artifacts: io.ModelArtifacts): Promise<io.SaveResult>;
}

/**
 * The files of a LayersModel, for `tf.loadLayersModel(modelFiles(path))` and `model.save(modelFiles(path))`.
 *
 * Saving replaces the model as a whole: a reader finds either the old or the new model at any time, even
 * after a crash. Only one program at a time may save to a path; any number may load from it.
 *
 * @param path A folder that holds model.json, or a file that ends in .json; may be a `file:` URL.
 * @throws ARGUMENT_INVALID when `shardBytes` isn't a whole number of at least 1, `weights` is an unknown
 *   type, or the URL isn't a `file:` URL.
 * @throws MODEL_UNSUPPORTED when the path is a file of another format; on loading, when it isn't a layers
 *   model or uses a feature that TensorFlow.js would compute differently from Keras.
 * @throws MODEL_FILE_MISSING on loading, when model.json or a weight file doesn't exist.
 * @throws MODEL_FILE_INVALID on loading, when a file is malformed, or is outside the model's folder.
 * @throws MODEL_FILE_UNWRITABLE on saving, when a file can't be written; the previous model is kept.
 * @throws PRECISION_TOO_LOW on saving as float16, with the name of a weight that exceeds its range.
 * @throws VALUE_NOT_FINITE on saving as uint8 or uint16, with the name of a weight that holds NaN or
 * Infinity.
 */
export function modelFiles(path: string | URL, options: ModelFilesOptions = {}): ModelFiles {
  return filesOf('layers-model', path, options);
}

/**
 * The files of a GraphModel, for `tf.loadGraphModel(graphModelFiles(path))` and for saving its artifacts,
 * with the same guarantees as {@link modelFiles}.
 *
 * @throws as {@link modelFiles} does, and MODEL_UNSUPPORTED for a LayersModel.
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
