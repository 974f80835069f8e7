import { FuseInitError } from '@fuseinit/core';
import { modelFiles } from '@fuseinit/model-files';
import { kernelWarnings, type LayersModel, type TensorFlow } from '@fuseinit/tfjs';

/**
 * A saved model.
 *
 * @param path Its folder, or its model.json.
 * @param warn Told of layers that TensorFlow.js computes wrongly where its kernels aren't repaired as they are here.
 * @throws MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED as `modelFiles` does.
 * @throws MODEL_UNSUPPORTED with TensorFlow.js's own words where it can't build the model.
 */
export async function loadModel(
  tf: TensorFlow,
  path: string,
  warn: (message: string) => void,
): Promise<LayersModel> {
  const model = await builtModel(tf, path);
  for (const warning of kernelWarnings(model)) warn(warning);
  return model;
}

async function builtModel(tf: TensorFlow, path: string): Promise<LayersModel> {
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
