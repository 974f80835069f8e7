import type { io } from '@tensorflow/tfjs';
import type { LayersModel, TensorFlow } from '../tensorflow.js';

/** Serializes a model's topology and weights, for another thread or a file. */
export function artifactsOf(tf: TensorFlow, model: LayersModel): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}

/** Loads the model that artifacts describe. */
export function modelFrom(tf: TensorFlow, artifacts: io.ModelArtifacts): Promise<LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(artifacts));
}
