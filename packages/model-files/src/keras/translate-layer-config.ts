import type { JsonObject } from '../json-object.js';
import { type LayerContext, refuseComputedOtherwise } from './computed-otherwise.js';
import type { SerializedObject } from './serialized-object.js';

type Rewritten = Pick<SerializedObject, 'class_name' | 'config'>;

/**
 * One object of Keras under the names that tfjs-layers has for its class and its settings.
 *
 * @throws MODEL_UNSUPPORTED with a layer that TensorFlow.js would compute otherwise.
 */
export function translateLayerConfig(
  { class_name, config }: SerializedObject,
  context: LayerContext,
): Rewritten {
  const rewrite = rewrites[class_name];
  const result = rewrite ? rewrite(config, context) : { class_name, config };
  refuseComputedOtherwise(result, context);
  return { ...result, config: withActivations(result.config) };
}

const rewrites: {
  readonly [className: string]: (config: JsonObject, context: LayerContext) => Rewritten;
} = {
  InputLayer: ({ batch_shape, ...config }) => ({
    class_name: 'InputLayer',
    config: {
      ...config,
      ...(batch_shape === undefined ? {} : { batch_input_shape: batch_shape }),
      ...(typeof config.dtype === 'string' ? { dtype: tensorType(config.dtype) } : {}),
    },
  }),
  LeakyReLU: ({ negative_slope, ...config }) => ({
    class_name: 'LeakyReLU',
    config: negative_slope === undefined ? config : { ...config, alpha: negative_slope },
  }),
  ReLU: rewriteRelu,
  CenterCrop: rewriteCenterCrop,
  // tfjs-layers refuses to flatten what is flat.
  Flatten: (config, { inputShape }) =>
    inputShape?.length === 2
      ? { class_name: 'Activation', config: { ...config, activation: 'linear' } }
      : { class_name: 'Flatten', config },
  // tfjs-layers has an initializer of that name, whose config has a gain, and no layer.
  Identity: (config) =>
    'gain' in config
      ? { class_name: 'Identity', config }
      : { class_name: 'Activation', config: { ...config, activation: 'linear' } },
  // Initial values alone: these are overwritten by what the file holds.
  VarianceScaling: (config) => ({
    class_name: 'VarianceScaling',
    config: config.distribution === 'untruncated_normal' ? { ...config, distribution: 'normal' } : config,
  }),
  // Keras 2 writes one axis as a list.
  BatchNormalization: (config, { inputShape }) => {
    const axis = Array.isArray(config.axis) && config.axis.length === 1 ? config.axis[0] : config.axis;
    const isLast = inputShape !== undefined && axis === inputShape.length - 1;
    return { class_name: 'BatchNormalization', config: { ...config, axis: isLast ? -1 : (axis ?? -1) } };
  },
  Bidirectional: (config, context) => {
    refuseComputedOtherwise({ class_name: 'Bidirectional', config }, context);
    return rewriteBidirectional(config);
  },
  // tfjs-layers puts 0.01 where l1 or l2 isn't told.
  L1: ({ l1 }) => ({ class_name: 'L1L2', config: { l1, l2: 0 } }),
  L2: ({ l2 }) => ({ class_name: 'L1L2', config: { l1: 0, l2 } }),
  LecunNormal: (config) => ({ class_name: 'LeCunNormal', config }),
  LecunUniform: (config) => ({ class_name: 'LeCunUniform', config }),
};

/** tfjs-layers reads nothing of a ReLU but `max_value`. */
function rewriteRelu(config: JsonObject): Rewritten {
  const { negative_slope: slope, threshold, max_value, ...others } = config;
  const isLeaky = Boolean(slope) && !threshold && max_value == null;
  return isLeaky
    ? { class_name: 'LeakyReLU', config: { ...others, alpha: slope } }
    : { class_name: 'ReLU', config };
}

/**
 * The crop as a Cropping2D where the size of the images is told: tfjs-layers changes the shape of the layer
 * before a CenterCrop, so that the model refuses its own inputs, and crops a column too far where there is
 * one to crop.
 */
function rewriteCenterCrop(config: JsonObject, { inputShape }: LayerContext): Rewritten {
  const { height, width, data_format, ...others } = config;
  const first = data_format === 'channels_first' ? 2 : 1;
  const cropped = [height, width].map((target, axis) => (inputShape?.[first + axis] ?? -1) - Number(target));
  if (inputShape?.length !== 4 || !cropped.every((length) => length >= 0)) {
    return { class_name: 'CenterCrop', config };
  }
  return {
    class_name: 'Cropping2D',
    config: {
      ...others,
      cropping: cropped.map((length) => [Math.floor(length / 2), Math.ceil(length / 2)]),
      data_format: data_format ?? 'channels_last',
    },
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

/** The type of TensorFlow.js that holds all values of a type of Keras. */
export function tensorType(dtype: string): string {
  // Integers of 8 and 16 bits are pixels and samples, which convolutions of TensorFlow.js read as float32
  // alone.
  if (/float|^u?int(8|16)$/.test(dtype)) return 'float32';
  return /^u?int(32|64)$/.test(dtype) ? 'int32' : dtype;
}

/** Keras 3's name for swish. */
function withActivations(config: JsonObject): JsonObject {
  return config.activation === 'silu' ? { ...config, activation: 'swish' } : config;
}
