import { FuseInitError } from '@fuseinit/core';
import type { JsonObject } from '../json-object.js';
import type { SerializedObject } from './serialized-object.js';

type Rewritten = Pick<SerializedObject, 'class_name' | 'config'>;

/** One object of Keras under the names that tfjs-layers has for its class and its settings. */
export function translateLayerConfig({ class_name, config }: SerializedObject): Rewritten {
  const rewrite = rewrites[class_name];
  const result = rewrite ? rewrite(config) : { class_name, config };
  return { ...result, config: withActivations(result.config) };
}

const rewrites: { readonly [className: string]: (config: JsonObject) => Rewritten } = {
  InputLayer: ({ batch_shape, ...config }) => ({
    class_name: 'InputLayer',
    config: batch_shape === undefined ? config : { ...config, batch_input_shape: batch_shape },
  }),
  LeakyReLU: ({ negative_slope, ...config }) => ({
    class_name: 'LeakyReLU',
    config: negative_slope === undefined ? config : { ...config, alpha: negative_slope },
  }),
  ReLU: rewriteRelu,
  GlobalAveragePooling1D: withoutKeepDims('GlobalAveragePooling1D'),
  GlobalAveragePooling2D: withoutKeepDims('GlobalAveragePooling2D'),
  GlobalMaxPooling1D: withoutKeepDims('GlobalMaxPooling1D'),
  GlobalMaxPooling2D: withoutKeepDims('GlobalMaxPooling2D'),
  Bidirectional: rewriteBidirectional,
  // tfjs-layers puts 0.01 where l1 or l2 isn't told.
  L1: ({ l1 }) => ({ class_name: 'L1L2', config: { l1, l2: 0 } }),
  L2: ({ l2 }) => ({ class_name: 'L1L2', config: { l1: 0, l2 } }),
  LecunNormal: (config) => ({ class_name: 'LeCunNormal', config }),
  LecunUniform: (config) => ({ class_name: 'LeCunUniform', config }),
};

/** tfjs-layers reads nothing of a ReLU but `max_value`. */
function rewriteRelu(config: JsonObject): Rewritten {
  const { negative_slope: slope, threshold, max_value, ...others } = config;
  if (!threshold && !slope) return { class_name: 'ReLU', config };
  if (!threshold && (max_value === null || max_value === undefined)) {
    return { class_name: 'LeakyReLU', config: { ...others, alpha: slope } };
  }
  throw silent(config, `is a ReLU of ${JSON.stringify({ negative_slope: slope, threshold, max_value })}`);
}

function withoutKeepDims(class_name: string): (config: JsonObject) => Rewritten {
  return (config) => {
    if (config.keepdims === true) throw silent(config, `is a ${class_name} that keeps the dimensions`);
    return { class_name, config };
  };
}

/** tfjs-layers makes both directions of one layer, and puts "forward_" before its name. */
function rewriteBidirectional({ backward_layer: _, ...config }: JsonObject): Rewritten {
  const layer = config.layer as SerializedObject | undefined;
  const name = layer?.config?.name;
  return {
    class_name: 'Bidirectional',
    config:
      typeof name === 'string'
        ? {
            ...config,
            layer: { ...layer, config: { ...layer!.config, name: name.replace(/^forward_/, '') } },
          }
        : config,
  };
}

/** Keras 3's name for swish. */
function withActivations(config: JsonObject): JsonObject {
  return config.activation === 'silu' ? { ...config, activation: 'swish' } : config;
}

function silent({ name }: JsonObject, what: string): FuseInitError {
  return new FuseInitError(
    'MODEL_UNSUPPORTED',
    `Layer ${String(name)} ${what}, which TensorFlow.js leaves unread: the model would compute something else. Build it of other layers.`,
    { layerName: String(name) },
  );
}
