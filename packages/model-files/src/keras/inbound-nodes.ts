import { isObject, type JsonObject } from '../json-object.js';
import { unsupportedLayer } from './computed-otherwise.js';

/**
 * The number of nodes that tfjs-layers counts before the first saved one, by the name of each nested model.
 */
export type NodeOffsets = ReadonlyMap<string, number>;

export type Reference = readonly [layer: string, node: number, tensor: number, kwargs?: JsonObject];

/**
 * Translates a layer's calls to `[[[layer, node, tensor, kwargs], ...], ...]`; Keras 3 writes arguments that
 * contain tensors instead. Initial states of a recurrent layer follow its input, as in tfjs-layers.
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

/** The keyword arguments that are tensors, in the order in which they follow the positional ones. */
const tensorArguments = ['inputs', 'sequences', 'initial_state'];

function translateNode(layerName: string, { args, kwargs }: JsonObject, offsets: NodeOffsets): Reference[] {
  // Masks are computed when the model runs; `mask-flow` has checked that they are the same.
  const { mask: _, ...others } = isObject(kwargs) ? kwargs : {};
  const tensors = leavesOf([args ?? [], ...tensorArguments.map((key) => others[key] ?? [])]);
  const given = Object.entries(others).filter(
    ([key, value]) => value !== null && !tensorArguments.includes(key),
  );
  if (given.some(([, value]) => JSON.stringify(value).includes('__keras_tensor__'))) {
    throw unsupported(layerName, `is called with a tensor as ${given.map(([key]) => key).join(', ')}`);
  }
  return tensors.map((value) => {
    const history = isObject(value) && isObject(value.config) ? value.config.keras_history : undefined;
    if (!Array.isArray(history)) {
      throw unsupported(layerName, `is called with ${JSON.stringify(value)} beside or instead of tensors`);
    }
    return [...shifted(history, offsets), Object.fromEntries(given)] as unknown as Reference;
  });
}

/**
 * The inputs or outputs of a model as a list. Keras writes a single one as `[layer, node, tensor]`, and named
 * ones as an object, whose order is that of the sorted names.
 */
export function nestedReferences(ends: unknown, offsets: NodeOffsets): unknown[] {
  return leavesOf(ends).map((end) => (Array.isArray(end) ? shifted(end, offsets) : end));
}

/** The leaves of a nested structure of lists and objects, in Keras's order; a reference is a leaf. */
function leavesOf(structure: unknown): unknown[] {
  if (structure === null || structure === undefined) return [];
  if (Array.isArray(structure)) {
    const isReference = typeof structure[0] === 'string' && typeof structure[1] === 'number';
    return isReference ? [structure] : structure.flatMap(leavesOf);
  }
  if (!isObject(structure) || typeof structure.class_name === 'string') return [structure];
  const names = Object.keys(structure).sort();
  return names.flatMap((name) => leavesOf(structure[name]));
}

/** References in lists of them, or of lists, with the layers that have other names called by those. */
export function withRenamedReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (!Array.isArray(value)) return value;
  const isReference = typeof value[0] === 'string' && typeof value[1] === 'number';
  return isReference
    ? [names.get(value[0]) ?? value[0], ...value.slice(1)]
    : value.map((inner) => withRenamedReferences(inner, names));
}

function shifted([layer, node, ...rest]: readonly unknown[], offsets: NodeOffsets): unknown[] {
  return [layer, Number(node) + (offsets.get(String(layer)) ?? 0), ...rest];
}

function unsupported(layerName: string, what: string): Error {
  return unsupportedLayer(
    layerName,
    `Layer ${layerName} ${what}, which tfjs-layers can't read. Build the model of layers called on tensors, and save it again.`,
  );
}
