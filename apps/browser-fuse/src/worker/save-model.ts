import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { artifactsOf, modelFrom } from '@fuseinit/tfjs/internal';
import type { SavedModel } from '../protocol.js';

/** A model as the two files that plain tfjs loads: model.json, and weights.bin beside it. */
export async function saveModel(tf: TensorFlow, model: LayersModel): Promise<SavedModel> {
  const { modelTopology, weightSpecs, weightData } = await artifactsOf(tf, model);
  const json = {
    format: 'layers-model',
    generatedBy: 'FuseInit',
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  return { json: JSON.stringify(json), weights: new Blob([weightData!].flat()) };
}

/** A second model with the same layers and weights. */
export async function copyModel(tf: TensorFlow, model: LayersModel): Promise<LayersModel> {
  return modelFrom(tf, await artifactsOf(tf, model));
}
