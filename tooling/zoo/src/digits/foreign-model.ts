import { modelFiles } from '@fuseinit/model-files';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import tf from '@tensorflow/tfjs';

/** A trained model by somebody else, from its files. */
export function foreignModel(name: string): Promise<tf.LayersModel> {
  return tf.loadLayersModel(modelFiles(modelFolder(name)));
}
