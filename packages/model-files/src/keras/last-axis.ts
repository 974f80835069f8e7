import { isObject, type JsonObject } from '../json-object.js';
import { type Reference, withRenamedReferences } from './inbound-nodes.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';
import { normalizedAxis, type Shape } from './shape.js';

/** The highest rank that a BatchNormalization of tfjs-layers can read. */
const largestRank = 4;

/**
 * Rewrites a model such that its BatchNormalizations read at most four dimensions and normalise over the last
 * axis, which every backend of TensorFlow.js computes correctly. For other axes, the kernels of wasm and cpu
 * use the statistics of wrong positions.
 *
 * A Permute, and for five dimensions a Reshape, is inserted before such a layer and another one after it,
 * which the layer's readers then read. The layer itself keeps its name and its weights.
 *
 * @param model The model, translated for tfjs-layers.
 * @param inputShapes The input shapes of the layers of the model and of nested models.
 */
export function normalizingLastAxes(
  model: SerializedObject,
  inputShapes: ReadonlyMap<JsonObject, Shape>,
): SerializedObject {
  const { config } = model;
  const listed = config.layers as readonly JsonObject[];
  const taken = new Set(listed.map((layer) => nameOf(layer as SerializedObject)));
  const chains = new Map<JsonObject, readonly SerializedObject[]>();
  const lastNames = new Map<string, string>();
  for (const layer of listed) {
    const shape = inputShapes.get(layer);
    const chain = shape && chainOf(layer as SerializedObject, shape, taken);
    if (!chain) continue;
    chains.set(layer, chain);
    lastNames.set(nameOf(layer as SerializedObject), nameOf(chain.at(-1)!));
  }
  const layers = listed.flatMap((layer) => {
    const { inbound_nodes } = layer;
    const read = Array.isArray(inbound_nodes)
      ? { ...layer, inbound_nodes: withRenamedReferences(inbound_nodes, lastNames) }
      : layer;
    const chain = chains.get(layer);
    return chain ? connected(chain, read) : [withinModels(read, inputShapes)];
  });
  const ends = Array.isArray(config.output_layers)
    ? { output_layers: withRenamedReferences(config.output_layers, lastNames) }
    : {};
  return { ...model, config: { ...config, layers, ...ends } };
}

/** Rewrites the model in a layer that is a model or wraps one. */
function withinModels(layer: JsonObject, inputShapes: ReadonlyMap<JsonObject, Shape>): JsonObject {
  const object = serializedObject(layer);
  if (!object) return layer;
  if (isModel(object)) return normalizingLastAxes(object, inputShapes);
  const inner = isObject(object.config.layer) ? serializedObject(object.config.layer) : undefined;
  if (!inner || !isModel(inner)) return layer;
  return { ...object, config: { ...object.config, layer: normalizingLastAxes(inner, inputShapes) } };
}

/** The layers that replace a layer, not yet connected; undefined if it can stay as it is. */
function chainOf(
  layer: SerializedObject,
  shape: Shape,
  taken: Set<string>,
): readonly SerializedObject[] | undefined {
  if (layer.class_name !== 'BatchNormalization') return undefined;
  const { batch_input_shape, axis: _, ...config } = layer.config;
  const axis = normalizedAxis(layer.config.axis, shape);
  const last = shape.length - 1;
  const isMoved = axis > 0 && axis < last;
  const isFlattened = shape.length > largestRank;
  if (!isMoved && !isFlattened) return undefined;
  const name = nameOf(layer);
  const around = (suffix: string, class_name: string, settings: JsonObject): SerializedObject => {
    const unique = uniqueName(`${name}_${suffix}`, taken);
    const dtype = config.dtype === undefined ? {} : { dtype: config.dtype };
    return {
      class_name,
      ...(layer.name === undefined ? {} : { name: unique }),
      config: { name: unique, trainable: true, ...dtype, ...settings },
    };
  };
  const axes = shape.slice(1).map((_, index) => index + 1);
  const toLast = [...axes.filter((each) => each !== axis), axis];
  const back = axes.map((each) => toLast.indexOf(each) + 1);
  const sizes = toLast.map((each) => shape[each] ?? -1);
  const [first, ...rest] = [
    ...(isMoved ? [around('axis_last', 'Permute', { dims: toLast })] : []),
    ...(isFlattened ? [around('flat', 'Reshape', { target_shape: [-1, sizes.at(-1)] })] : []),
    { class_name: layer.class_name, name: layer.name, config: { ...config, axis: -1 } },
    ...(isFlattened ? [around('restored', 'Reshape', { target_shape: sizes })] : []),
    ...(isMoved ? [around('axis_back', 'Permute', { dims: back })] : []),
  ].map(({ name: beside, ...link }) => (beside === undefined ? link : { ...link, name: beside }));
  const reading = batch_input_shape === undefined ? {} : { batch_input_shape };
  return [{ ...first!, config: { ...first!.config, ...reading } }, ...rest];
}

/** Connects the layers in a chain, with as many calls as the layer that they replace. */
function connected(chain: readonly SerializedObject[], layer: JsonObject): JsonObject[] {
  if (!Array.isArray(layer.inbound_nodes)) return [...chain];
  const calls = layer.inbound_nodes as readonly (readonly Reference[])[];
  return chain.map((link, index) => {
    const before = chain[index - 1];
    const inbound_nodes = calls.map(([reference], call) => {
      const [from, node, tensor, kwargs] = reference!;
      const given = link.class_name === layer.class_name ? (kwargs ?? {}) : {};
      return [before ? [nameOf(before), call, 0, given] : [from, node, tensor, given]];
    });
    return { ...link, inbound_nodes };
  });
}

function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 1; taken.has(name); number++) name = `${wanted}_${number}`;
  taken.add(name);
  return name;
}
