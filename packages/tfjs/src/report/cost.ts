import { costOf as costOfNetwork, type NetworkCost } from '@fuseinit/core';
import { withInputShapes } from '../network/input-lengths.js';
import { readNetwork } from '../network/read-network.js';
import type { LayersModel } from '../tensorflow.js';

/** The costs of a model. */
export type ModelCost = NetworkCost;

/**
 * Computes the parameters, multiply-adds and bytes of a model. The weights of a layer that is called twice
 * count once, its multiply-adds twice.
 *
 * @param inputShapes The shapes of one sample of each input, for a model that leaves lengths open. Defaults
 *   to 256 for each open length.
 */
export function costOf(model: LayersModel, inputShapes?: readonly (readonly number[])[]): ModelCost {
  return costOfNetwork(withInputShapes(readNetwork(model), inputShapes));
}
