import { FuseInitError } from '@fuseinit/core';
import { isObject, type JsonObject } from '../json-object.js';

/** For models among the layers: how many nodes tfjs-layers counts before the first that was saved. */
export type NodeOffsets = ReadonlyMap<string, number>;

type Reference = readonly [layer: string, node: number, tensor: number, kwargs?: JsonObject];

/**
 * A layer's calls, `[[[layer, node, tensor, kwargs], ...], ...]`: Keras 3 writes arguments and tensors in them instead.
 *
 * @throws MODEL_UNSUPPORTED when the layer is called with more than tensors.
 */
export function translateNodes(
  layerName: string,
  nodes: readonly unknown[],
  offsets: NodeOffsets,
): unknown[] {
  return nodes.map((node) => (isObject(node) ? translateNode(layerName, node, offsets) : node));
}

function translateNode(layerName: string, { args, kwargs }: JsonObject, offsets: NodeOffsets): Reference[] {
  const given = Object.entries(isObject(kwargs) ? kwargs : {}).filter(([, value]) => value !== null);
  if (given.some(([, value]) => JSON.stringify(value).includes('__keras_tensor__'))) {
    throw unsupported(layerName, `is called with a tensor as ${given.map(([key]) => key).join(', ')}`);
  }
  const flat = (Array.isArray(args) ? args : []).flat().filter((value) => value !== null);
  return flat.map((value) => {
    const history = isObject(value) && isObject(value.config) ? value.config.keras_history : undefined;
    if (!Array.isArray(history)) {
      throw unsupported(layerName, `is called with ${JSON.stringify(value)} beside or instead of tensors`);
    }
    return [...shifted(history, offsets), Object.fromEntries(given)] as unknown as Reference;
  });
}

/** A model's ends as a list, where one end alone is written `[layer, node, tensor]`. */
export function nestedReferences(ends: readonly unknown[], offsets: NodeOffsets): unknown[] {
  const list = typeof ends[0] === 'string' ? [ends] : ends;
  return list.map((end) => (Array.isArray(end) ? shifted(end, offsets) : end));
}

function shifted([layer, node, ...rest]: readonly unknown[], offsets: NodeOffsets): unknown[] {
  return [layer, Number(node) + (offsets.get(String(layer)) ?? 0), ...rest];
}

function unsupported(layerName: string, what: string): FuseInitError {
  return new FuseInitError(
    'MODEL_UNSUPPORTED',
    `Layer ${layerName} ${what}, which tfjs-layers can't read. Build the model of layers called on tensors, and save it again.`,
    { layerName },
  );
}
