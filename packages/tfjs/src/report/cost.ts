import { costOf as costOfNetwork, type NetworkCost } from '@fuseinit/core';
import { withInputShapes } from '../network/input-lengths.js';
import { readNetwork } from '../network/read-network.js';
import type { LayersModel } from '../tensorflow.js';

/** The costs of a model. */
export type ModelCost = NetworkCost;

/**
 * Parameters, multiply-adds and bytes of a model; weights of a layer used twice count once, its work twice.
 *
 * @param inputShapes Of one sample of each input, where the model leaves lengths open. Default 256 for each.
 */
export function costOf(model: LayersModel, inputShapes?: readonly (readonly number[])[]): ModelCost {
  return costOfNetwork(withInputShapes(readNetwork(model), inputShapes));
}
