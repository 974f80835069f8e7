import { isObject, type JsonObject } from '../json-object.js';
import type { LayerContext } from './computed-otherwise.js';
import { nestedReferences, translateNodes } from './inbound-nodes.js';
import { inputShapesOf } from './input-shapes.js';
import { normalizingLastAxes } from './last-axis.js';
import { refuseOtherMasks } from './mask-flow.js';
import { type TensorReference, withoutMaskOperations } from './masks-as-operations.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';
import { type Shape, withoutSteps } from './shape.js';
import { tensorType, translateLayerConfig } from './translate-layer-config.js';

/**
 * Translates a topology written by Keras for tfjs-layers. One written by TensorFlow.js is returned as it is.
 * The argument is not changed.
 *
 * @param topology The `modelTopology` of a model.json.
 * @throws MODEL_UNSUPPORTED with the layer that TensorFlow.js would load without an error but compute
 *   differently.
 */
export function translateTopology(topology: JsonObject): JsonObject {
  if (writtenByTfjs(topology)) return topology;
  const model = modelOf(topology);
  const version = Number.parseInt(String(topology.keras_version ?? model.keras_version), 10);
  const translation: Translation = {
    kerasMajor: Number.isNaN(version) ? undefined : version,
    givenMasks: new Map(),
    inputShapes: new Map(),
  };
  // `config` of old Sequential models is a list of layers.
  const isList = Array.isArray(model.config);
  const whole = isList ? { ...model, config: { layers: model.config } } : model;
  if (!isObject(whole.config)) return topology;
  const { givenMasks, inputShapes } = translation;
  const oneForOne = translateModel(whole as SerializedObject, translation, '', undefined);
  refuseOtherMasks(oneForOne, givenMasks);
  const translated = normalizingLastAxes(oneForOne, inputShapes);
  const written = isList ? { ...model, config: translated.config.layers } : translated;
  return topology === model ? written : { ...topology, model_config: written };
}

/** The model itself, without the wrapper that `keras.Model.save` adds. */
export function modelOf(topology: JsonObject): JsonObject {
  return isObject(topology.model_config) ? topology.model_config : topology;
}

export function writtenByTfjs({ keras_version }: JsonObject): boolean {
  return typeof keras_version === 'string' && keras_version.startsWith('tfjs-layers');
}

interface Translation {
  readonly kerasMajor: number | undefined;
  /** Filled with the masks that are passed to calls of layers, by the path of the model. */
  readonly givenMasks: Map<string, ReadonlyMap<string, readonly TensorReference[]>>;
  /** Filled with the input shapes of the translated layers of all models. */
  readonly inputShapes: Map<JsonObject, Shape>;
}

function translateModel(
  model: SerializedObject,
  translation: Translation,
  path: string,
  given: Shape | undefined,
): SerializedObject {
  const { class_name, config, name, keras_version, backend } = model;
  const { dtype: _, build_input_shape, ...kept } = config;
  const nested = new Map<string, number>();
  const listed = (Array.isArray(config.layers) ? config.layers : []).filter(isObject);
  // In tfjs-layers a nested model's own node is counted before its calls, as in Keras 2; Keras 3 has no such
  // node.
  const inKeras3 = listed.some(({ inbound_nodes: nodes }) => Array.isArray(nodes) && nodes.some(isObject));
  const { layers, givenMasks } = inKeras3
    ? withoutMaskOperations(listed)
    : { layers: listed, givenMasks: new Map() };
  if (inKeras3) translation.givenMasks.set(path, givenMasks);
  for (const layer of inKeras3 ? layers : []) {
    const object = serializedObject(layer);
    if (object && isModel(object)) nested.set(nameOf(object), 1);
  }
  const shapes = inputShapesOf(model, layers, given);
  const translated = layers.map((layer, index) => {
    const context = { kerasMajor: translation.kerasMajor, inputShape: shapes[index], isWrapped: false };
    const { inbound_nodes: nodes } = layer;
    const object = translateValue(layer, { ...translation, ...context }, path) as JsonObject;
    const rewritten =
      index === 0 && class_name === 'Sequential'
        ? withInputShape(object, build_input_shape)
        : Array.isArray(nodes)
          ? { ...object, inbound_nodes: translateNodes(String(layer.name), nodes, nested) }
          : object;
    if (shapes[index]) translation.inputShapes.set(rewritten, shapes[index]);
    return rewritten;
  });
  const ends = ['input_layers', 'output_layers'].filter((key) => config[key] != null);
  return {
    class_name,
    ...(name === undefined ? {} : { name }),
    config: {
      ...kept,
      layers: translated,
      ...Object.fromEntries(ends.map((key) => [key, nestedReferences(config[key], nested)])),
    },
    ...(keras_version === undefined ? {} : { keras_version }),
    ...(backend === undefined ? {} : { backend }),
  };
}

function translateValue(value: unknown, context: Translation & LayerContext, path: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => translateValue(inner, context, path));
  if (!isObject(value)) return value;
  const mapped = (inner: JsonObject, its = context) =>
    Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, translateValue(each, its, path)]));
  const object = serializedObject(value);
  if (!object) {
    // This is a function of Keras, referred to by name.
    if (value.class_name === 'function') return value.config;
    return mapped(value);
  }
  if (isModel(object)) {
    const model = translateModel(object, context, `${path}${nameOf(object)}/`, context.inputShape);
    return object.inbound_nodes === undefined ? model : { ...model, inbound_nodes: object.inbound_nodes };
  }
  if (/DTypePolicy$/.test(object.class_name)) return dtypeOf(object.config.name);
  const { class_name, config } = translateLayerConfig(object, context);
  return {
    class_name,
    ...(object.name === undefined ? {} : { name: object.name }),
    config: mapped(config, withinWrapper(class_name, context)),
    ...(object.inbound_nodes === undefined ? {} : { inbound_nodes: object.inbound_nodes }),
  };
}

/**
 * Variables are float32 whatever type a policy computes in, and TensorFlow.js has no other floating-point
 * type.
 */
function dtypeOf(policy: unknown): unknown {
  return typeof policy === 'string' ? tensorType(policy) : policy;
}

/** The context of the layer that a wrapper applies. */
function withinWrapper<T extends LayerContext>(class_name: string, context: T): T {
  if (class_name !== 'TimeDistributed') return context;
  const { inputShape } = context;
  return { ...context, isWrapped: true, inputShape: inputShape && withoutSteps(inputShape) };
}

/**
 * Adds the input shape to a first layer. A Sequential model that was built by its first batch stores the
 * shape in its own config.
 */
function withInputShape(layer: JsonObject, shape: unknown): JsonObject {
  const { config } = layer;
  if (!Array.isArray(shape) || !isObject(config) || layer.class_name === 'InputLayer') return layer;
  if (config.batch_input_shape !== undefined || Array.isArray(config.layers)) return layer;
  return { ...layer, config: { ...config, batch_input_shape: shape } };
}
