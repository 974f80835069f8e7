import type { JsonObject } from '../json-object.js';
import { type LayerContext, refuseComputedOtherwise } from './computed-otherwise.js';
import type { SerializedObject } from './serialized-object.js';

type Rewritten = Pick<SerializedObject, 'class_name' | 'config'>;

/**
 * Translates an object of Keras to the class name and settings of tfjs-layers.
 *
 * @throws MODEL_UNSUPPORTED for a layer that TensorFlow.js would compute differently.
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
  // A Flatten of tfjs-layers refuses input that is already flat.
  Flatten: (config, { inputShape }) =>
    inputShape?.length === 2
      ? { class_name: 'Activation', config: { ...config, activation: 'linear' } }
      : { class_name: 'Flatten', config },
  // In tfjs-layers this is the name of an initializer, whose config has a gain, and not of a layer.
  Identity: (config) =>
    'gain' in config
      ? { class_name: 'Identity', config }
      : { class_name: 'Activation', config: { ...config, activation: 'linear' } },
  // Initial values don't matter, since they are overwritten by the weights in the file.
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
  // The default of l1 and l2 is 0.01 in tfjs-layers.
  L1: ({ l1 }) => ({ class_name: 'L1L2', config: { l1, l2: 0 } }),
  L2: ({ l2 }) => ({ class_name: 'L1L2', config: { l1: 0, l2 } }),
  LecunNormal: (config) => ({ class_name: 'LeCunNormal', config }),
  LecunUniform: (config) => ({ class_name: 'LeCunUniform', config }),
};

/** Rewrites a ReLU, of whose settings tfjs-layers reads only `max_value`. */
function rewriteRelu(config: JsonObject): Rewritten {
  const { negative_slope: slope, threshold, max_value, ...others } = config;
  const isLeaky = Boolean(slope) && !threshold && max_value == null;
  return isLeaky
    ? { class_name: 'LeakyReLU', config: { ...others, alpha: slope } }
    : { class_name: 'ReLU', config };
}

/**
 * Rewrites a CenterCrop as a Cropping2D if the size of the images is known. A CenterCrop of tfjs-layers
 * changes the shape of the layer before it, so that the model refuses its own inputs, and is off by one
 * column where a single one is cropped.
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

/**
 * Rewrites a Bidirectional: tfjs-layers creates both directions from one layer, and prefixes its name with
 * "forward_".
 */
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

/** The TensorFlow.js type that can represent all values of a Keras type. */
export function tensorType(dtype: string): string {
  // Integers of 8 and 16 bits are pixels and audio samples, which convolutions of TensorFlow.js read only as
  // float32.
  if (/float|^u?int(8|16)$/.test(dtype)) return 'float32';
  return /^u?int(32|64)$/.test(dtype) ? 'int32' : dtype;
}

/** Replaces Keras 3's name for swish. */
function withActivations(config: JsonObject): JsonObject {
  return config.activation === 'silu' ? { ...config, activation: 'swish' } : config;
}
