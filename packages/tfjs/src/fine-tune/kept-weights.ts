import type { LayersModel, TensorFlow } from '../tensorflow.js';

/** A model's weights as they were, on the device. */
export interface KeptWeights {
  restore(): void;
  dispose(): void;
}

/** Keeps the weights that a model has now. */
export function keepWeights(tf: TensorFlow, model: LayersModel): KeptWeights {
  // A clone shares its numbers with the variable until that is assigned others.
  const weights = model.weights.map((weight) => weight.read().clone());
  return {
    restore: () => tf.tidy(() => model.setWeights(weights)),
    dispose: () => tf.dispose(weights),
  };
}
