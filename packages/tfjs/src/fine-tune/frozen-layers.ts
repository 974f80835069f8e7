import type { Network } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import { liveLayersOf } from '../network/layer-internals.js';
import type { Layer, LayersModel } from '../tensorflow.js';
import type { FineTuneOptions } from './fine-tune-options.js';

/** The part of the rate that each layer gets; a layer called several times has it by its first call's name. */
export function ratesOf(
  network: Network,
  layerRates: FineTuneOptions['layerRates'] = {},
): ReadonlyMap<Layer, number> {
  const rates = new Map<Layer, number>();
  for (const [layer, name] of liveLayersOf(network)) rates.set(layer, layerRates[name] ?? 1);
  return rates;
}

/** The variables that the model lets train; the model knows which of the models nested in it are frozen. */
export function trainableVariables(model: LayersModel): ReadonlySet<tfjs.Variable> {
  return new Set(model.trainableWeights.map((weight) => weight.read() as tfjs.Variable));
}

/**
 * The layers with weights that training leaves alone. They run as at inference, since batch normalisation would move its
 * moments otherwise.
 */
export function frozenLayers(
  model: LayersModel,
  network: Network,
  layerRates: FineTuneOptions['layerRates'],
): ReadonlySet<Layer> {
  const trainable = trainableVariables(model);
  const frozen = new Set<Layer>();
  for (const [layer, rate] of ratesOf(network, layerRates)) {
    if (layer.weights.length === 0) continue;
    // Batch normalisation without scale and offset has none of these, frozen or not.
    const own = (layer as unknown as { _trainableWeights: typeof layer.weights })._trainableWeights;
    const leftAlone = own.length > 0 && own.every((weight) => !trainable.has(weight.read() as tfjs.Variable));
    if (rate === 0 || !layer.trainable || leftAlone) frozen.add(layer);
  }
  return frozen;
}
