import { activate, elementwiseActivations, type LayerDescription, type NdArray } from '@fuseinit/core';
import { unsupported } from './config-values.js';

const acrossChannels = ['softmax', 'logSoftmax'];

/**
 * The name of a layer's own activation, 'linear' where it has none.
 *
 * @throws LAYER_UNSUPPORTED for an activation that isn't one of tfjs-layers' named ones.
 */
export function activationOf(layer: LayerDescription): string {
  const activation = layer.config.activation ?? 'linear';
  if (typeof activation === 'string') {
    const known = [...elementwiseActivations, ...acrossChannels];
    // Keras writes snake_case, tfjs reads it as camelCase.
    const name = known.find((candidate) => candidate === activation || snakeCase(candidate) === activation);
    if (name) return name;
  }
  throw unsupported(layer, `its activation ${JSON.stringify(activation)} is unknown`);
}

/** A layer's pre-activation turned into its output. */
export function withActivation(layer: LayerDescription, preActivation: NdArray): NdArray {
  return activate(preActivation, activationOf(layer));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
