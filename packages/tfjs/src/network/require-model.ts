import { FuseInitError } from '@fuseinit/core';
import type { LayersModel } from '../tensorflow.js';

/**
 * Requires a built LayersModel that isn't disposed.
 *
 * @throws MODEL_UNSUPPORTED for a GraphModel, or anything that isn't a model.
 * @throws MODEL_UNBUILT for a model whose input shapes aren't known.
 * @throws MODEL_DISPOSED for a model whose weights were disposed.
 */
export function requireModel(model: unknown): asserts model is LayersModel {
  if (typeof model !== 'object' || model === null) {
    throw new FuseInitError('MODEL_UNSUPPORTED', `A tf.LayersModel was expected; ${String(model)} came.`);
  }
  if ('executor' in model || 'modelUrl' in model) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      'A tf.GraphModel came: its layers are frozen into operations and have no weights to fuse. Convert the original Keras model with --output_format tfjs_layers_model and load it with tf.loadLayersModel.',
    );
  }
  if (!('layers' in model) || !('predict' in model)) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      'A tf.LayersModel was expected; an object without layers came.',
    );
  }
  // The `built` flag of a Sequential is false until it is first run, so its outputs are checked instead.
  const candidate = model as unknown as { inputs?: unknown[]; outputs?: unknown[]; name: string };
  if (!candidate.inputs?.length || !candidate.outputs?.length) {
    throw new FuseInitError(
      'MODEL_UNBUILT',
      `The model ${JSON.stringify(candidate.name)} is not built: give its first layer an inputShape, or call model.build.`,
    );
  }
  const disposed = (model as LayersModel).layers.find(
    (layer) =>
      (layer as unknown as { _refCount: number | null })._refCount === 0 ||
      layer.weights.some((weight) => (weight.read() as unknown as { isDisposed: boolean }).isDisposed),
  );
  if (disposed) {
    throw new FuseInitError(
      'MODEL_DISPOSED',
      `The weights of ${JSON.stringify(disposed.name)} were disposed: load or build the model again.`,
      { layerName: disposed.name },
    );
  }
}
