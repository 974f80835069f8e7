import { modelFiles } from '@fuseinit/model-files';
import tf from '@tensorflow/tfjs';

/** A trained model by somebody else, from its files in `models/`. */
export function foreignModel(name: string): Promise<tf.LayersModel> {
  return tf.loadLayersModel(modelFiles(new URL(`../models/${name}`, import.meta.url)));
}
