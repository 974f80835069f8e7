import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

type Topology = Parameters<TensorFlow['models']['modelFromJSON']>[0];

/**
 * The same layers with fresh random weights: those of their own initializers, each with a seed counted up
 * from one.
 */
export async function randomTwin(tf: TensorFlow, model: LayersModel, seed: number): Promise<LayersModel> {
  let next = seed;
  const topology = JSON.parse(JSON.stringify(model.toJSON(null, false)), (key, value) =>
    key === 'seed' ? next++ : value,
  );
  return tf.models.modelFromJSON({ modelTopology: topology } as unknown as Topology);
}
