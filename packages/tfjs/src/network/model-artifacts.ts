import type { io } from '@tensorflow/tfjs';
import type { LayersModel, TensorFlow } from '../tensorflow.js';

/** A model's topology and weights as data, which threads and files can pass on. */
export function artifactsOf(tf: TensorFlow, model: LayersModel): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}

/** Makes the model that artifacts describe. */
export function modelFrom(tf: TensorFlow, artifacts: io.ModelArtifacts): Promise<LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(artifacts));
}
