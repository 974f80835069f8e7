import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { SavedModel } from '../protocol.js';

type Artifacts = Parameters<Parameters<TensorFlow['io']['withSaveHandler']>[0]>[0];

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
  return tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(tf, model)));
}

/** A model's topology and weights as data. */
function artifactsOf(tf: TensorFlow, model: LayersModel): Promise<Artifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}
