import {
  activate,
  elementwiseActivations,
  type LayerDescription,
  type LayerPlugin,
  mapElements,
  type NdArray,
  reshape,
} from '@fuseinit/core';
import { axisOf, transpose, zip } from './arrays.js';
import { requireLastAxis, unsupported } from './config-values.js';
import { elementPlugin } from './plugin-makers.js';

const acrossChannels = ['softmax', 'logSoftmax'];

/**
 * Returns the name of a layer's own activation, 'linear' where it has none.
 *
 * @param key The entry of the layer's config that names it.
 * @throws LAYER_UNSUPPORTED for an activation that isn't one of tfjs-layers' named ones.
 */
export function activationOf(layer: LayerDescription, key = 'activation', fallback = 'linear'): string {
  const activation = layer.config[key] ?? fallback;
  if (typeof activation === 'string') {
    const known = [...elementwiseActivations, ...acrossChannels];
    // Keras writes snake_case, tfjs reads it as camelCase.
    const name = known.find((candidate) => candidate === activation || snakeCase(candidate) === activation);
    if (name) return name;
  }
  throw unsupported(layer, `its ${key} ${JSON.stringify(activation)} is unknown`);
}

/** Turns a layer's pre-activation into its output. */
export function withActivation(layer: LayerDescription, preActivation: NdArray): NdArray {
  return activate(preActivation, activationOf(layer));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const activation = elementPlugin(['Activation'], withActivation, (layer) => void activationOf(layer));

/** ReLU computes `min(max(x, 0), maxValue)`; without `maxValue` there is no limit. */
const relu = elementPlugin(['ReLU'], ({ config }, input) => {
  const limit = (config.maxValue as number | null | undefined) ?? Number.POSITIVE_INFINITY;
  return mapElements(input, (value) => Math.min(Math.max(value, 0), limit));
});

const leakyRelu = elementPlugin(['LeakyReLU'], ({ config }, input) => {
  const alpha = Number(config.alpha ?? 0.3);
  return mapElements(input, (value) => (value > 0 ? value : alpha * value));
});

/** In tfjs-layers the `alpha` of an ELU is always 1. */
const elu = elementPlugin(['ELU'], (_layer, input) =>
  mapElements(input, (value) => (value > 0 ? value : Math.expm1(value))),
);

const thresholdedRelu = elementPlugin(['ThresholdedReLU'], ({ config }, input) => {
  const theta = Number(config.theta ?? 1);
  return mapElements(input, (value) => (value > theta ? value : 0));
});

/** The weight of a PReLU is its slope, in the shape of a sample with length 1 on each shared axis. */
const prelu = elementPlugin(['PReLU'], ({ weights }, input) => {
  const [alpha] = weights;
  return zip([input, reshape(alpha!, [1, ...alpha!.shape])], ([value, slope]) =>
    value! > 0 ? value! : value! * slope!,
  );
});

/** A Softmax without an `axis` is over the first one after the batch, as in tfjs-layers. */
const softmaxAxis = 1;

const softmax = elementPlugin(
  ['Softmax'],
  ({ config, mask }, input) => {
    const axis = [config.axis ?? softmaxAxis].flat() as number[];
    return softmaxOver(
      mask ? masked(input, mask) : input,
      axis.map((each) => axisOf(each, input.shape.length)),
    );
  },
  (layer) => requireLastAxis(layer, softmaxAxis),
);

/**
 * Subtracts 1e9 from masked numbers, as tfjs-layers does. The axes of the mask are the last ones of the
 * input.
 */
function masked(input: NdArray, mask: NdArray): NdArray {
  const lacking = Array.from({ length: input.shape.length - mask.shape.length }, () => 1);
  return zip([input, reshape(mask, [...lacking, ...mask.shape])], ([value, counts]) =>
    counts === 0 ? value! - 1e9 : value!,
  );
}

/** Computes the softmax jointly over several axes, which are moved to the end for the computation. */
function softmaxOver(input: NdArray, axes: readonly number[]): NdArray {
  const others = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const moved = transpose(input, order);
  const rows = reshape(moved, [
    ...others.map((axis) => input.shape[axis]!),
    axes.reduce((size, axis) => size * input.shape[axis]!, 1),
  ]);
  const back = order.map((_, axis) => order.indexOf(axis));
  return transpose(reshape(activate(rows, 'softmax'), moved.shape), back);
}

/** Layers that apply a function to each number, or to the channels of each position. */
export const activationLayers: readonly LayerPlugin[] = [
  activation,
  relu,
  leakyRelu,
  elu,
  thresholdedRelu,
  prelu,
  softmax,
];
