import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { io } from '@tensorflow/tfjs';

/** A model's topology and weights as data: what workers can hand each other. */
export async function artifactsOf(tf: TensorFlow, model: LayersModel): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}

/** The model that artifacts describe. */
export async function modelFrom(tf: TensorFlow, artifacts: io.ModelArtifacts): Promise<LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(artifacts));
}
