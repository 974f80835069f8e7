import { FuseInitError } from '@fuseinit/core';
import { isObject, type JsonObject } from '../json-object.js';
import type { SerializedObject } from './serialized-object.js';
import { isRestorable, normalizedAxis, type Shape } from './shape.js';

/** The context in which a layer's config is checked. */
export interface LayerContext {
  /** The major version of `keras_version`; undefined if the file doesn't have it. */
  readonly kerasMajor: number | undefined;
  /**
   * The shape of the layer's input, with the batch; undefined if not even its rank can be inferred from the
   * file.
   */
  readonly inputShape: Shape | undefined;
  /** Whether the layer is the one inside a wrapper, such as TimeDistributed. */
  readonly isWrapped?: boolean;
}

/** A setting of Keras that tfjs-layers 4.22 ignores, can't compute, or computes differently. */
interface Difference {
  readonly classes: readonly string[] | 'every';
  applies(config: JsonObject, context: LayerContext): boolean;
  /** The description of the difference, to complete the sentence "Layer x (Class) ...". */
  readonly says: string;
  /** Advice for the author of the model, as a sentence. */
  readonly instead: string;
}

const pooling1d = ['MaxPooling1D', 'AveragePooling1D', 'GlobalMaxPooling1D', 'GlobalAveragePooling1D'];
const globalPooling = ['Average', 'Max'].flatMap((kind) =>
  ['1D', '2D', '3D'].map((rank) => `Global${kind}Pooling${rank}`),
);
const transposed = ['Conv2DTranspose', 'Conv3DTranspose'];
const recurrent = ['SimpleRNN', 'LSTM', 'GRU', 'RNN', 'ConvLSTM2D'];

/**
 * Every difference was observed by comparing tfjs-layers 4.22 on models saved by Keras 3.15 with Keras's own
 * predictions. Differences in the kernels of a single backend aren't listed, nor are masks, which depend on
 * more than one layer (see `mask-flow`).
 */
export const computedOtherwise: readonly Difference[] = [
  {
    classes: ['UpSampling2D'],
    applies: ({ interpolation }) => (interpolation ?? 'nearest') !== 'nearest',
    says: 'interpolates otherwise than by "nearest": TensorFlow.js samples bilinearly from the corners of pixels, Keras from their centres, and TensorFlow.js knows no other interpolation',
    instead: 'Use interpolation="nearest" with a convolution after it, or a Conv2DTranspose.',
  },
  {
    classes: ['DepthwiseConv2D'],
    applies: ({ dilation_rate }) => isOtherThan(1, dilation_rate),
    says: 'has a dilation_rate, which TensorFlow.js ignores for this class',
    instead: 'Use a SeparableConv2D, which honours it, or a dilation_rate of 1.',
  },
  {
    classes: transposed,
    applies: ({ dilation_rate }) => isOtherThan(1, dilation_rate),
    says: 'has a dilation_rate, which TensorFlow.js ignores for this class',
    instead: 'Use a dilation_rate of 1.',
  },
  {
    classes: transposed,
    applies: (config) => config.output_padding != null && !isDefaultOutputPadding(config),
    says: 'has an output_padding, which TensorFlow.js ignores: the output would have another size',
    instead: 'Leave output_padding away.',
  },
  {
    classes: ['Conv3DTranspose'],
    applies: ({ padding, kernel_size, strides }) =>
      padding === 'same' && Math.min(...numbers(kernel_size)) < Math.max(...numbers(strides)),
    says: 'has padding="same" and a kernel shorter than its strides, which TensorFlow.js shifts',
    instead: 'Use a kernel as long as the strides.',
  },
  {
    classes: ['Conv1D', 'Conv2D', 'Conv3D', ...transposed],
    applies: ({ groups }) => isOtherThan(1, groups),
    says: 'has groups, which TensorFlow.js ignores: its kernel has another shape',
    instead: 'Use one convolution for each group and a Concatenate, or groups=1.',
  },
  {
    classes: ['Conv1D'],
    applies: ({ padding }) => padding === 'causal',
    says: 'has padding="causal", which TensorFlow.js can\'t compute',
    instead: 'Pad the sequence before the model, and use padding="valid".',
  },
  {
    classes: ['Conv1D', ...pooling1d],
    applies: ({ data_format }) => data_format === 'channels_first',
    says: 'has data_format="channels_first", which TensorFlow.js ignores or undoes by half for this class',
    instead: 'Use "channels_last" between two Permute((2, 1)).',
  },
  {
    classes: ['SeparableConv2D'],
    applies: ({ data_format, use_bias, activation }) =>
      data_format === 'channels_first' && (use_bias !== false || !isElementwise(activation)),
    says: 'has data_format="channels_first", with which TensorFlow.js adds the bias and normalises over the wrong axis',
    instead: 'Use "channels_last" between two Permute.',
  },
  {
    classes: globalPooling,
    applies: ({ keepdims }) => keepdims === true,
    says: 'has keepdims=True, which TensorFlow.js ignores',
    instead: 'Use keepdims=False and a Reshape after it.',
  },
  {
    classes: ['ReLU'],
    applies: ({ threshold, negative_slope, max_value }) =>
      Boolean(threshold) || (Boolean(negative_slope) && max_value != null),
    says: 'has a threshold, or a negative_slope beside a max_value, which TensorFlow.js ignores',
    instead: 'Use a ReLU with max_value alone, or a LeakyReLU.',
  },
  {
    classes: ['ELU'],
    applies: ({ alpha }) => isOtherThan(1, alpha),
    says: "has another alpha than 1, which TensorFlow.js doesn't know",
    instead: 'Use alpha=1.',
  },
  {
    classes: 'every',
    applies: ({ activation, recurrent_activation }, { kerasMajor }) =>
      (kerasMajor ?? 2) >= 3 && [activation, recurrent_activation].includes('hard_sigmoid'),
    says: "uses hard_sigmoid: Keras 3's is relu6(x + 3) / 6, that of TensorFlow.js clips 0.2 x + 0.5",
    instead: 'Train the model with another activation.',
  },
  {
    classes: 'every',
    applies: ({ activity_regularizer }) => activity_regularizer != null,
    says: "has an activity_regularizer, with which TensorFlow.js doesn't run a layer",
    instead: 'It changes training alone: set it to None and save the model again.',
  },
  {
    classes: ['Softmax'],
    applies: ({ axis }, { inputShape }) => {
      const [only, ...others] = Array.isArray(axis) ? axis : [axis ?? -1];
      if (typeof only !== 'number' || others.length > 0 || only === -1) return false;
      return only < 0 || (inputShape !== undefined && only !== inputShape.length - 1);
    },
    says: "normalises over another axis than the last, which TensorFlow.js can't",
    instead: 'Put a Permute before and after it, and use axis=-1.',
  },
  {
    classes: ['BatchNormalization'],
    applies: ({ axis }) => Array.isArray(axis) && axis.length > 1,
    says: "normalises over several axes, which TensorFlow.js can't",
    instead: 'Use one axis.',
  },
  {
    classes: ['BatchNormalization'],
    applies: ({ renorm }) => renorm === true,
    says: "has renorm=True, whose weights TensorFlow.js doesn't know",
    instead: 'Copy the other weights to a layer with renorm=False: it predicts the same.',
  },
  {
    classes: ['BatchNormalization'],
    applies: ({ axis }, { inputShape }) =>
      axis === 0 || (inputShape !== undefined && normalizedAxis(axis, inputShape) === 0),
    says: "normalises over the batch, which TensorFlow.js can't",
    instead: 'Use another axis.',
  },
  {
    classes: ['BatchNormalization'],
    applies: ({ axis }, { inputShape }) =>
      // Axis 3 is the last of four dimensions; for more dimensions tfjs-layers itself throws an error.
      inputShape === undefined && typeof axis === 'number' && axis !== -1 && axis < 3,
    says: "normalises over an axis which may not be the last: the file doesn't tell how many dimensions the layer reads, and backends of TensorFlow.js compute another axis wrongly",
    instead: 'Use axis=-1, with a Permute before and after it where the axis is another one.',
  },
  {
    classes: ['BatchNormalization'],
    applies: ({ axis }, { inputShape, isWrapped }) =>
      isWrapped === true &&
      inputShape !== undefined &&
      normalizedAxis(axis, inputShape) !== inputShape.length - 1,
    says: 'normalises over another axis than the last inside a wrapper, which backends of TensorFlow.js compute wrongly',
    instead: 'Leave the wrapper away and count the axis with the steps: it predicts the same.',
  },
  {
    classes: ['BatchNormalization'],
    applies: (_, { inputShape, isWrapped }) =>
      inputShape !== undefined && inputShape.length > 4 && (isWrapped === true || !isRestorable(inputShape)),
    says: "normalises more than four dimensions, which TensorFlow.js can't without a Reshape, and the file doesn't tell the sizes for one",
    instead: 'Give the model an Input of known size, or put a Reshape before and after the layer.',
  },
  {
    classes: ['LayerNormalization'],
    applies: (_, { inputShape }) => (inputShape?.length ?? 0) > 4,
    says: "normalises five dimensions, which TensorFlow.js can't",
    instead: 'Put a Reshape before and after it.',
  },
  {
    classes: ['LayerNormalization'],
    applies: ({ rms_scaling }) => rms_scaling === true,
    says: 'has rms_scaling=True, which TensorFlow.js ignores: it subtracts the mean as well',
    instead: 'Use rms_scaling=False.',
  },
  {
    classes: ['Resizing'],
    applies: () => true,
    says: 'is sampled by TensorFlow.js from corner to corner instead of from the centres of pixels, and in a shape without the batch',
    instead: 'Resize the images before the model, and save it without this layer.',
  },
  {
    classes: ['CenterCrop'],
    applies: () => true,
    says: "crops images of unknown size, or enlarges smaller ones, which TensorFlow.js doesn't do as Keras does",
    instead: 'Use a Cropping2D, or crop before the model.',
  },
  {
    classes: ['CategoryEncoding'],
    applies: () => true,
    says: "changes the shape of what it reads in TensorFlow.js, which then can't predict",
    instead: 'Encode before the model, and save it without this layer.',
  },
  {
    classes: ['RandomHeight', 'RandomWidth'],
    applies: () => true,
    says: 'resizes at random in TensorFlow.js when it predicts, too',
    instead: 'Augment before the model, and save it without this layer.',
  },
  {
    classes: ['GRU', 'GRUCell'],
    applies: ({ reset_after }) => reset_after === true,
    says: "has reset_after=True, Keras's default, which TensorFlow.js can't compute",
    instead: 'Train the model with GRU(reset_after=False), or with an LSTM.',
  },
  {
    classes: recurrent,
    applies: ({ time_major }) => time_major === true,
    says: 'has time_major=True, which TensorFlow.js ignores',
    instead: 'Use time_major=False.',
  },
  {
    classes: ['RNN'],
    applies: ({ cell }) => Array.isArray(cell) || (isObject(cell) && cell.class_name === 'StackedRNNCells'),
    says: 'stacks cells, whose weights and states TensorFlow.js names and orders otherwise',
    instead: 'Use one recurrent layer for each cell, with return_sequences=True.',
  },
  {
    classes: ['Bidirectional'],
    applies: hasOwnBackwardLayer,
    says: 'has a backward_layer of its own, which TensorFlow.js ignores: it copies the forward layer',
    instead: 'Leave backward_layer away, or use two layers and a Concatenate.',
  },
  {
    classes: ['Concatenate'],
    applies: ({ axis }) => typeof axis === 'number' && axis < -1,
    says: 'has a negative axis other than -1, for which TensorFlow.js takes the last axis',
    instead: 'Count the axis from the front.',
  },
];

/**
 * Refuses a layer of Keras that TensorFlow.js would compute differently.
 *
 * @throws MODEL_UNSUPPORTED with the layer, what TensorFlow.js does, and what to do.
 */
export function refuseComputedOtherwise(
  { class_name, config }: SerializedObject,
  context: LayerContext,
): void {
  const difference = computedOtherwise.find(
    ({ classes, applies }) =>
      (classes === 'every' || classes.includes(class_name)) && applies(config, context),
  );
  if (difference) {
    throw unsupportedLayer(
      String(config.name),
      `Layer ${String(config.name)} (${class_name}) ${difference.says}. ${difference.instead}`,
    );
  }
}

export function unsupportedLayer(layerName: string, message: string): FuseInitError {
  return new FuseInitError('MODEL_UNSUPPORTED', message, { layerName });
}

/**
 * Whether a number, or any number of a list, differs from the expected one; a missing value is the default.
 */
function isOtherThan(expected: number, value: unknown): boolean {
  return value != null && [value].flat().some((each) => each !== expected);
}

function numbers(value: unknown): number[] {
  return [value ?? 1].flat() as number[];
}

/** Keras's own activations of one value at a time; a list of names would go out of date. */
function isElementwise(activation: unknown): boolean {
  return activation == null || (typeof activation === 'string' && !/soft_?max/.test(activation));
}

/** Whether Keras's output has the same size as the one TensorFlow.js computes without `output_padding`. */
function isDefaultOutputPadding({ output_padding, kernel_size, strides, padding }: JsonObject): boolean {
  return numbers(kernel_size).every((size, axis) => {
    const [added, stride] = [output_padding, strides].map(numbers).map((all) => all[axis] ?? all[0]!);
    return added === (padding === 'same' ? stride! - (size % 2) : Math.max(stride! - size, 0));
  });
}

function hasOwnBackwardLayer({ layer, backward_layer }: JsonObject): boolean {
  if (!isObject(layer) || !isObject(backward_layer)) return false;
  const own = (object: JsonObject) => {
    const { name: _, go_backwards: __, ...config } = isObject(object.config) ? object.config : {};
    return JSON.stringify([object.class_name, config], (key, value) => (key === 'seed' ? undefined : value));
  };
  const nameOf = ({ config }: JsonObject) => String(isObject(config) ? config.name : '');
  const expectedName = nameOf(layer).replace(/^(forward_)?/, 'backward_');
  return own(layer) !== own(backward_layer) || nameOf(backward_layer) !== expectedName;
}
