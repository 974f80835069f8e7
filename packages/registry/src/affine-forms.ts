import {
  type AffineForm,
  type AffineStep,
  elementwiseActivations,
  type LayerPlugin,
  type NdArray,
  reshape,
  type WeightedLayer,
} from '@fuseinit/core';
import { requireChannelsLast, requireLastAxis, sizesOf } from './layers/config-values.js';
import { scaleAndShiftOf } from './layers/normalization.js';

type FormOf = (layer: WeightedLayer) => AffineForm | null;

const activations = [...elementwiseActivations, 'softmax', 'logSoftmax'];
const identity: AffineForm = { steps: [], activation: 'linear' };

/** Adds the affine forms of its classes to a built-in plugin. */
export function withAffineForms(plugin: LayerPlugin): LayerPlugin {
  if (!plugin.classNames.some((name) => Object.hasOwn(forms, name))) return plugin;
  return {
    ...plugin,
    affine(layer) {
      requireChannelsLast(layer);
      return (Object.hasOwn(forms, layer.className) ? forms[layer.className] : undefined)?.(layer) ?? null;
    },
  };
}

/**
 * The affine forms of tfjs-layers classes at inference, for the settings in which they are affine up to an
 * activation.
 */
const forms: Readonly<Record<string, FormOf>> = {
  Activation: (layer) => ending(layer),
  ReLU: ({ config }) => {
    const { maxValue, negativeSlope, threshold } = config;
    if (negativeSlope || threshold) return null;
    const limit = maxValue ?? Number.POSITIVE_INFINITY;
    if (limit === 6) return { steps: [], activation: 'relu6' };
    return limit === Number.POSITIVE_INFINITY ? { steps: [], activation: 'relu' } : null;
  },
  ELU: ({ config }) => ((config.alpha ?? 1) === 1 ? { steps: [], activation: 'elu' } : null),
  Softmax: (layer) => {
    requireLastAxis(layer, 1);
    return { steps: [], activation: 'softmax' };
  },
  Dropout: () => identity,
  SpatialDropout1D: () => identity,
  AlphaDropout: () => identity,
  GaussianDropout: () => identity,
  GaussianNoise: () => identity,
  Flatten: sameShape,
  Reshape: sameShape,
  Permute: ({ config }) => {
    const { dims } = config;
    const inOrder = Array.isArray(dims) && dims.every((axis, at) => axis === at + 1);
    return inOrder ? identity : null;
  },
  ZeroPadding2D: ({ config }) => (isAll(0, config.padding ?? 1) ? identity : null),
  Cropping2D: ({ config }) => (isAll(0, config.cropping ?? 0) ? identity : null),
  UpSampling2D: ({ config }) => (isAll(1, config.size ?? 2) ? identity : null),
  AveragePooling1D: poolingOfOne,
  AveragePooling2D: poolingOfOne,
  MaxPooling1D: poolingOfOne,
  MaxPooling2D: poolingOfOne,
  BatchNormalization: batchNormalization,
  Rescaling: ({ config, inputShape }) => {
    const { scale, offset = 0 } = config;
    if (typeof scale !== 'number' || typeof offset !== 'number') return null;
    const channels = inputShape.at(-1)!;
    const each = (value: number) => new Float64Array(channels).fill(value);
    return { steps: [{ kind: 'channels', scale: each(scale), shift: each(offset) }], activation: 'linear' };
  },
  Dense: (layer) => {
    const [kernel, bias] = layer.weights;
    return ending(layer, { kind: 'dense', kernel: kernel!, bias: biasOf(bias, kernel!.shape.at(-1)!) });
  },
  Conv1D: (layer) => convolution(layer, 1),
  Conv2D: (layer) => convolution(layer, 2),
  DepthwiseConv2D: (layer) => {
    // tfjs-layers 4.22 accepts a dilationRate here but ignores it, so the meaning of such a layer is unclear.
    if (sizesOf(layer, 'dilationRate', 2, [1, 1]).some((rate) => rate !== 1)) return null;
    const [kernel, bias] = layer.weights;
    return ending(layer, depthwise(layer, kernel!, bias));
  },
  SeparableConv2D: (layer) => {
    const [kernel, pointwise, bias] = layer.weights;
    const filters = pointwise!.shape.at(-1)!;
    const ones = [1, 1];
    const mixing: AffineStep = {
      kind: 'window',
      kernelSize: ones,
      strides: ones,
      dilationRate: ones,
      padding: 'valid',
      groups: 1,
      kernel: pointwise!,
      bias: biasOf(bias, filters),
    };
    return ending(layer, depthwise(layer, kernel!), mixing);
  },
  Conv2DTranspose: (layer) => {
    if (sizesOf(layer, 'dilationRate', 2, [1, 1]).some((rate) => rate !== 1)) return null;
    const [kernel, bias] = layer.weights;
    const { kernelSize, strides, padding } = slidingOf(layer, 2);
    const filters = kernel!.shape.at(-2)!;
    return ending(layer, {
      kind: 'transposed',
      kernelSize,
      strides,
      padding,
      kernel: kernel!,
      bias: biasOf(bias, filters),
    });
  },
};

/**
 * The form of these steps and the activation in the layer's config; null if that isn't built into
 * tfjs-layers.
 */
function ending({ config }: WeightedLayer, ...steps: AffineStep[]): AffineForm | null {
  const given = config.activation ?? 'linear';
  // Keras writes snake_case, tfjs reads it as camelCase.
  const activation = activations.find((name) => name === given || snakeCase(name) === given);
  return activation === undefined ? null : { steps, activation };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function convolution(layer: WeightedLayer, rank: number): AffineForm | null {
  const { config, weights } = layer;
  if (Number(config.groups ?? 1) !== 1 || config.padding === 'causal') return null;
  const [kernel, bias] = weights;
  const filters = kernel!.shape.at(-1)!;
  return ending(layer, {
    kind: 'window',
    ...slidingOf(layer, rank),
    groups: 1,
    kernel: kernel!,
    bias: biasOf(bias, filters),
  });
}

/** The kernel is [...kernelSize, inChannels, depthMultiplier]. */
function depthwise(layer: WeightedLayer, kernel: NdArray, bias?: NdArray): AffineStep {
  const [groups = 0, multiplier = 0] = kernel.shape.slice(-2);
  const sliding = slidingOf(layer, 2);
  return {
    kind: 'window',
    ...sliding,
    groups,
    kernel: reshape(kernel, [...sliding.kernelSize, 1, groups * multiplier]),
    bias: biasOf(bias, groups * multiplier),
  };
}

function slidingOf(layer: WeightedLayer, rank: number) {
  const ones = Array.from({ length: rank }, () => 1);
  return {
    kernelSize: sizesOf(layer, 'kernelSize', rank),
    strides: sizesOf(layer, 'strides', rank, ones),
    dilationRate: sizesOf(layer, 'dilationRate', rank, ones),
    padding: layer.config.padding === 'same' ? ('same' as const) : ('valid' as const),
  };
}

function batchNormalization(layer: WeightedLayer): AffineForm {
  requireLastAxis(layer);
  return { steps: [{ kind: 'channels', ...scaleAndShiftOf(layer) }], activation: 'linear' };
}

function sameShape({ inputShape, outputShape }: WeightedLayer): AffineForm | null {
  return outputShape && JSON.stringify(inputShape) === JSON.stringify(outputShape) ? identity : null;
}

function poolingOfOne({ config }: WeightedLayer): AffineForm | null {
  const { poolSize = 2, strides } = config;
  return isAll(1, poolSize) && isAll(1, strides ?? poolSize) ? identity : null;
}

function isAll(number: number, value: unknown): boolean {
  return Array.isArray(value) ? value.every((each) => isAll(number, each)) : value === number;
}

function biasOf(bias: NdArray | undefined, length: number): Float64Array {
  return bias?.data ?? new Float64Array(length);
}
