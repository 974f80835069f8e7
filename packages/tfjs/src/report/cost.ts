import { costOf as costOfNetwork, type NetworkCost } from '@fuseinit/core';
import { readNetwork } from '../network/read-network.js';
import type { LayersModel } from '../tensorflow.js';

export type ModelCost = NetworkCost;

/**
 * Parameters, multiply-adds and bytes of a model; weights of a layer used twice count once, its work twice.
 */
export function costOf(model: LayersModel): ModelCost {
  return costOfNetwork(readNetwork(model));
}
