import type { Layer, LayersModel } from '../tensorflow.js';
import { isNestedModel } from './layer-internals.js';

/**
 * The layers that a frozen model around them keeps from training, whatever they say themselves: all in models nested in
 * this one that are frozen. Whether this one is frozen itself doesn't count.
 */
export function frozenAround(model: LayersModel): ReadonlySet<Layer> {
  const frozen = new Set<Layer>();
  const trained = new Set<Layer>();
  const visit = (layers: readonly Layer[], isFrozen: boolean): void => {
    for (const layer of layers) {
      if (isNestedModel(layer)) visit(layer.layers, isFrozen || !layer.trainable);
      else (isFrozen ? frozen : trained).add(layer);
    }
  };
  visit(model.layers, false);
  // A layer that stands in two models trains where one of them lets it.
  return new Set([...frozen].filter((layer) => !trained.has(layer)));
}
