import { isObject, type JsonObject } from '../json-object.js';
import type { LayerContext } from './computed-otherwise.js';
import { nestedReferences, translateNodes } from './inbound-nodes.js';
import { refuseOtherMasks } from './mask-flow.js';
import { shapesIn, type TensorReference, withoutMaskOperations } from './masks-as-operations.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';
import { tensorType, translateLayerConfig } from './translate-layer-config.js';

/**
 * A topology that Keras wrote, in the words of tfjs-layers; one that TensorFlow.js wrote comes back as it is. Nothing
 * that came is changed.
 *
 * @param topology `modelTopology` of a model.json.
 * @throws MODEL_UNSUPPORTED with the layer that TensorFlow.js would read without an error and compute otherwise.
 */
export function translateTopology(topology: JsonObject): JsonObject {
  if (writtenByTfjs(topology)) return topology;
  const model = modelOf(topology);
  const version = Number.parseInt(String(topology.keras_version ?? model.keras_version), 10);
  const translation: Translation = {
    kerasMajor: Number.isNaN(version) ? undefined : version,
    givenMasks: new Map(),
  };
  // `config` of old Sequential models is a list of layers.
  const isList = Array.isArray(model.config);
  const whole = isList ? { ...model, config: { layers: model.config } } : model;
  if (!isObject(whole.config)) return topology;
  const translated = translateModel(whole as SerializedObject, translation, '');
  refuseOtherMasks(translated, translation.givenMasks);
  const written = isList ? { ...model, config: translated.config.layers } : translated;
  return topology === model ? written : { ...topology, model_config: written };
}

/** The model itself, inside what `keras.Model.save` adds. */
export function modelOf(topology: JsonObject): JsonObject {
  return isObject(topology.model_config) ? topology.model_config : topology;
}

export function writtenByTfjs({ keras_version }: JsonObject): boolean {
  return typeof keras_version === 'string' && keras_version.startsWith('tfjs-layers');
}

interface Translation {
  readonly kerasMajor: number | undefined;
  /** Filled with the masks that calls of layers are given, by the path of the model. */
  readonly givenMasks: Map<string, ReadonlyMap<string, readonly TensorReference[]>>;
}

function translateModel(model: SerializedObject, translation: Translation, path: string): SerializedObject {
  const { class_name, config, name, keras_version, backend } = model;
  const { dtype: _, build_input_shape, ...kept } = config;
  const nested = new Map<string, number>();
  const listed = (Array.isArray(config.layers) ? config.layers : []).filter(isObject);
  // tfjs-layers counts a nested model's own node before the calls of it; Keras 3 has no such node, Keras 2 counts it.
  const inKeras3 = listed.some(({ inbound_nodes: nodes }) => Array.isArray(nodes) && nodes.some(isObject));
  const { layers, givenMasks } = inKeras3
    ? withoutMaskOperations(listed)
    : { layers: listed, givenMasks: new Map() };
  if (inKeras3) translation.givenMasks.set(path, givenMasks);
  for (const layer of inKeras3 ? layers : []) {
    const object = serializedObject(layer);
    if (object && isModel(object)) nested.set(nameOf(object), 1);
  }
  const translated = layers.map((layer, index) => {
    const context = {
      kerasMajor: translation.kerasMajor,
      inputShape: inputShapeOf(layer, layers[index - 1], layers),
    };
    const rewritten = translateValue(layer, { ...translation, ...context }, path) as JsonObject;
    if (index === 0 && class_name === 'Sequential') return withInputShape(rewritten, build_input_shape);
    if (!Array.isArray(layer.inbound_nodes)) return rewritten;
    return { ...rewritten, inbound_nodes: translateNodes(String(layer.name), layer.inbound_nodes, nested) };
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
  const mapped = (inner: JsonObject) =>
    Object.fromEntries(
      Object.entries(inner).map(([key, each]) => [key, translateValue(each, context, path)]),
    );
  const object = serializedObject(value);
  if (!object) {
    // A function of Keras, by name.
    if (value.class_name === 'function') return value.config;
    return mapped(value);
  }
  if (isModel(object)) {
    const model = translateModel(object, context, `${path}${nameOf(object)}/`);
    return object.inbound_nodes === undefined ? model : { ...model, inbound_nodes: object.inbound_nodes };
  }
  if (/DTypePolicy$/.test(object.class_name)) return dtypeOf(object.config.name);
  const { class_name, config } = translateLayerConfig(object, context);
  return {
    class_name,
    ...(object.name === undefined ? {} : { name: object.name }),
    config: mapped(config),
    ...(object.inbound_nodes === undefined ? {} : { inbound_nodes: object.inbound_nodes }),
  };
}

/** Variables are float32 whatever a policy computes in, and TensorFlow.js has no other floating-point type. */
function dtypeOf(policy: unknown): unknown {
  return typeof policy === 'string' ? tensorType(policy) : policy;
}

/** The shape that a layer reads, as far as the file tells it beside the layer or in an input before it. */
function inputShapeOf(
  layer: JsonObject,
  before: JsonObject | undefined,
  layers: readonly JsonObject[],
): LayerContext['inputShape'] {
  const [call] = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
  const reads = Array.isArray(call) ? layers.find(({ name }) => name === call[0]?.[0]) : before;
  const source = reads?.class_name === 'InputLayer' && isObject(reads.config) ? reads.config : {};
  const config = isObject(layer.config) ? layer.config : {};
  const built = isObject(layer.build_config) ? layer.build_config.input_shape : undefined;
  const shapes = [
    config.batch_input_shape,
    built,
    isObject(call) ? shapesIn(call.args)[0] : undefined,
    source.batch_input_shape,
    source.batch_shape,
  ];
  return shapes.find(
    (shape) => Array.isArray(shape) && !Array.isArray(shape[0]),
  ) as LayerContext['inputShape'];
}

/** A first layer that knows what it reads: a Sequential model built by its first batch tells that of itself. */
function withInputShape(layer: JsonObject, shape: unknown): JsonObject {
  const { config } = layer;
  if (!Array.isArray(shape) || !isObject(config) || layer.class_name === 'InputLayer') return layer;
  if (config.batch_input_shape !== undefined || Array.isArray(config.layers)) return layer;
  return { ...layer, config: { ...config, batch_input_shape: shape } };
}
