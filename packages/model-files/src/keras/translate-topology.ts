import { isObject, type JsonObject } from '../json-object.js';
import { nestedReferences, translateNodes } from './inbound-nodes.js';
import { refuseOtherFunctions } from './same-name-other-function.js';
import { type SerializedObject, serializedObject } from './serialized-object.js';
import { translateLayerConfig } from './translate-layer-config.js';

/**
 * A topology that Keras wrote, in the words of tfjs-layers; one that TensorFlow.js wrote comes back as it is. Nothing
 * that came is changed.
 *
 * @param topology `modelTopology` of a model.json.
 * @throws MODEL_UNSUPPORTED with the layer that TensorFlow.js would read without an error and compute otherwise.
 */
export function translateTopology(topology: JsonObject): JsonObject {
  if (writtenByTfjs(topology)) return topology;
  refuseOtherFunctions(topology);
  const model = modelOf(topology);
  // `config` of old Sequential models is a list of layers.
  const translated = isObject(model.config)
    ? translateModel(model as SerializedObject)
    : { ...model, config: Array.isArray(model.config) ? model.config.map(translateValue) : model.config };
  return topology === model ? translated : { ...topology, model_config: translated };
}

/** The model itself, inside what `keras.Model.save` adds. */
export function modelOf(topology: JsonObject): JsonObject {
  return isObject(topology.model_config) ? topology.model_config : topology;
}

export function writtenByTfjs({ keras_version }: JsonObject): boolean {
  return typeof keras_version === 'string' && keras_version.startsWith('tfjs-layers');
}

function translateModel({ class_name, config, name, keras_version, backend }: SerializedObject): JsonObject {
  const { dtype: _, build_input_shape, ...kept } = config;
  const nested = new Map<string, number>();
  const layers = (Array.isArray(config.layers) ? config.layers : []).filter(isObject);
  // tfjs-layers counts a nested model's own node before the calls of it; Keras 3 has no such node, Keras 2 counts it.
  const inKeras3 = layers.some(({ inbound_nodes: nodes }) => Array.isArray(nodes) && nodes.some(isObject));
  for (const layer of inKeras3 ? layers : []) {
    const model = serializedObject(layer);
    if (model && isModel(model)) nested.set(nameOf(model), 1);
  }
  const translated = layers.map((layer, index) => {
    const rewritten = translateValue(layer) as JsonObject;
    if (index === 0 && class_name === 'Sequential') return withInputShape(rewritten, build_input_shape);
    if (!Array.isArray(layer.inbound_nodes)) return rewritten;
    return { ...rewritten, inbound_nodes: translateNodes(String(layer.name), layer.inbound_nodes, nested) };
  });
  const ends = ['input_layers', 'output_layers'].filter((key) => Array.isArray(config[key]));
  return {
    class_name,
    ...(name === undefined ? {} : { name }),
    config: {
      ...kept,
      layers: translated,
      ...Object.fromEntries(ends.map((key) => [key, nestedReferences(config[key] as unknown[], nested)])),
    },
    ...(keras_version === undefined ? {} : { keras_version }),
    ...(backend === undefined ? {} : { backend }),
  };
}

function translateValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translateValue);
  if (!isObject(value)) return value;
  const object = serializedObject(value);
  if (!object) {
    // A function of Keras, by name.
    if (value.class_name === 'function') return value.config;
    return mapped(value);
  }
  if (isModel(object)) return translateModel(object);
  if (/DTypePolicy$/.test(object.class_name)) return dtypeOf(object.config.name);
  const { class_name, config } = translateLayerConfig(object);
  return {
    class_name,
    ...(object.name === undefined ? {} : { name: object.name }),
    config: mapped(config),
    ...(object.inbound_nodes === undefined ? {} : { inbound_nodes: object.inbound_nodes }),
  };
}

function mapped(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, translateValue(inner)]));
}

export function isModel({ class_name, config }: SerializedObject): boolean {
  return ['Sequential', 'Functional', 'Model'].includes(class_name) && Array.isArray(config.layers);
}

function nameOf({ name, config }: SerializedObject): string {
  return String(name ?? config.name);
}

/** Variables are float32 whatever a policy computes in, and TensorFlow.js has no other floating-point type. */
function dtypeOf(policy: unknown): unknown {
  return typeof policy === 'string' && /float/.test(policy) ? 'float32' : policy;
}

/** A first layer that knows what it reads: a Sequential model built by its first batch tells that of itself. */
function withInputShape(layer: JsonObject, shape: unknown): JsonObject {
  const { config } = layer;
  if (!Array.isArray(shape) || !isObject(config) || layer.class_name === 'InputLayer') return layer;
  if (config.batch_input_shape !== undefined || Array.isArray(config.layers)) return layer;
  return { ...layer, config: { ...config, batch_input_shape: shape } };
}
