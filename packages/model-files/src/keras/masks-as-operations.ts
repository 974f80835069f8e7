import { isObject, type JsonObject } from '../json-object.js';
import { unsupportedLayer } from './computed-otherwise.js';
import { serializedObject } from './serialized-object.js';

/** A reference to a tensor as `[layer, node, tensor]`. */
export type TensorReference = readonly [layer: string, node: number, tensor: number];

export interface WithoutOperations {
  readonly layers: readonly JsonObject[];
  /**
   * The tensors from which the mask is computed, for each call of a layer with a mask, by {@link callKey}.
   */
  readonly givenMasks: ReadonlyMap<string, readonly TensorReference[]>;
}

/**
 * Removes the operations that compute masks from the layers of a functional model of Keras 3. Keras writes
 * `NotEqual`, `Any` and `LogicalOr` where a mask passes through the graph; tfjs-layers computes masks when it
 * runs.
 *
 * @throws MODEL_UNSUPPORTED for any other operation than a sum, a product or an extreme of tensors of equal
 *   rank.
 */
export function withoutMaskOperations(layers: readonly JsonObject[]): WithoutOperations {
  const operations = new Map(layers.filter(isOperation).map((layer) => [String(layer.name), layer]));
  const givenMasks = new Map<string, TensorReference[]>();
  const ofMasks = new Set<string>();

  const sources = (tensor: TensorReference): TensorReference[] => {
    const operation = operations.get(tensor[0]);
    if (!operation) return [tensor];
    ofMasks.add(tensor[0]);
    // These operations use only the shape of their input.
    const tells = !/^(Zeros|Ones)Like$/.test(String(operation.class_name));
    const read = callsOf(operation).flatMap(({ args }) => tensorsIn(args));
    const all = read.flatMap((inner) => (tells || operations.has(inner[0]) ? sources(inner) : []));
    return tells ? all : [];
  };

  for (const layer of layers) {
    if (operations.has(String(layer.name))) continue;
    callsOf(layer).forEach(({ kwargs }, call) => {
      const masks = tensorsIn(isObject(kwargs) ? kwargs.mask : undefined).flatMap(sources);
      if (masks.length > 0) givenMasks.set(callKey(String(layer.name), call), masks);
    });
  }
  const kept = layers.filter(({ name }) => !ofMasks.has(String(name)));
  for (const layer of kept) if (isOperation(layer)) requireElementwise(layer);
  return { layers: kept, givenMasks };
}

export function callKey(layer: string, call: number): string {
  return `${layer}:${call}`;
}

/**
 * Whether an entry is an operation on tensors, such as `a + b`: unlike a layer of Keras 3, it has no
 * `trainable` in its config.
 */
function isOperation(layer: JsonObject): boolean {
  const object = serializedObject(layer);
  if (!object || object.class_name === 'InputLayer') return false;
  if (typeof layer.module === 'string') return /^keras\.(src\.)?ops\b/.test(layer.module);
  return !('trainable' in object.config) && callsOf(layer).length > 0 && !Array.isArray(object.config.layers);
}

/**
 * Requires an operation that shares its name with a layer that computes the same, provided that ranks are
 * equal.
 */
function requireElementwise(layer: JsonObject): void {
  const ranks = callsOf(layer).flatMap(({ args }) => shapesIn(args).map(({ length }) => length));
  const isSame = /^(Add|Multiply|Maximum|Minimum)$/.test(String(layer.class_name));
  if (isSame && ranks.length > 1 && new Set(ranks).size === 1) return;
  throw unsupportedLayer(
    String(layer.name),
    `${String(layer.name)} is the operation ${String(layer.class_name)} on tensors, not a layer, which TensorFlow.js can't read. Build the model of layers alone (Add() for a + b, Reshape, Rescaling), and save it again.`,
  );
}

function callsOf({ inbound_nodes: nodes }: JsonObject): JsonObject[] {
  return Array.isArray(nodes) ? nodes.filter(isObject) : [];
}

function kerasTensorsIn(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(kerasTensorsIn);
  if (!isObject(value)) return [];
  if (value.class_name === '__keras_tensor__' && isObject(value.config)) return [value.config];
  return Object.values(value).flatMap(kerasTensorsIn);
}

function tensorsIn(value: unknown): TensorReference[] {
  return kerasTensorsIn(value).map(({ keras_history }) => keras_history as TensorReference);
}

export function shapesIn(value: unknown): (readonly (number | null)[])[] {
  return kerasTensorsIn(value).map(({ shape }) => shape as (number | null)[]);
}
