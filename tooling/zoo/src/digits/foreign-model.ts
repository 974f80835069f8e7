import { modelFiles } from '@fuseinit/model-files';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import tf from '@tensorflow/tfjs';

/** Loads a trained third-party model from its files. */
export function foreignModel(name: string): Promise<tf.LayersModel> {
  return tf.loadLayersModel(modelFiles(modelFolder(name)));
}
