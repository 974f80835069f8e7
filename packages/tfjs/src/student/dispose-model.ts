import { isNestedModel } from '../graph/layer-internals.js';
import type { LayersModel } from '../tensorflow.js';

/**
 * Disposes a model that nobody else has seen, all of it: `model.dispose()` alone leaves the weights of a layer that is
 * called more than once.
 */
export function disposeModel(model: LayersModel): void {
  for (const layer of model.layers) {
    // The model around a nested one disposes it as often as it calls it.
    if (isNestedModel(layer)) continue;
    const counted = layer as unknown as { _refCount: number | null };
    while (counted._refCount !== null && counted._refCount > 1) layer.dispose();
  }
  model.dispose();
}
