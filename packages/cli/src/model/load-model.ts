import { FuseInitError } from '@fuseinit/core';
import { modelFiles } from '@fuseinit/model-files';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/**
 * A saved model.
 *
 * @param path Its folder, or its model.json.
 * @throws MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED as `modelFiles` does.
 * @throws MODEL_UNSUPPORTED with TensorFlow.js's own words where it can't build the model.
 */
export async function loadModel(tf: TensorFlow, path: string): Promise<LayersModel> {
  try {
    return await tf.loadLayersModel(modelFiles(path));
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `TensorFlow.js can't build the model at ${path}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
