import type { ChannelStep, NetworkNode } from '@fuseinit/core';
import type { SampleShape } from './affine-steps.js';

/** Classes of tfjs-layers without weights, by the operations that can be moved past them. */
const largest = /^(Global)?MaxPooling\dD$/;
const means = /^((Global)?AveragePooling\dD|UpSampling2D)$/;
const moves = /^(Flatten|Reshape|Permute|RepeatVector|Cropping\dD)$/;
const pads = /^ZeroPadding\dD$/;

const nondecreasing = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign'],
];
const zeroAtZero = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'tanh', 'softsign', 'swish', 'mish', 'gelu', 'gelu_new'],
];

/** Whether something of a channel can be told from something of a position behind this layer. */
export function mayPass({ layer }: NetworkNode): boolean {
  const { className, config } = layer;
  if (config.dataFormat === 'channelsFirst') return false;
  if (className === 'Permute') {
    const { dims } = config;
    return Array.isArray(dims) && dims.at(-1) === dims.length;
  }
  return [largest, means, moves, pads].some((kind) => kind.test(className));
}

/**
 * Whether the layer commutes with an elementwise activation: a maximum with one that is nondecreasing, a
 * layer that only moves elements with any, and one that pads with zeros with one that maps 0 to 0.
 */
export function passesActivation(node: NetworkNode, activation: string): boolean {
  const { className, config } = node.layer;
  if (!mayPass(node) || !(nondecreasing.includes(activation) || zeroAtZero.includes(activation)))
    return false;
  if (largest.test(className)) return nondecreasing.includes(activation);
  if (pads.test(className)) return zeroAtZero.includes(activation);
  return moves.test(className) || (className === 'UpSampling2D' && config.interpolation !== 'bilinear');
}

/**
 * The scale and shift of channels after a layer that are equivalent to the given ones before it; null where
 * there are none. They can be moved past a mean, whose weights sum to 1; a maximum if no scale is negative;
 * zero padding if all shifts are 0; and a reshaping that keeps whole rows of channels.
 */
export function passForward(node: NetworkNode, step: ChannelStep, after: SampleShape): ChannelStep | null {
  if (!mayPass(node) || !passesScale(node, step)) return null;
  return repeated(step, after.at(-1) ?? 0);
}

/**
 * The scale and shift before a layer that are equivalent to the given ones after it; null where there are
 * none.
 */
export function passBackward(node: NetworkNode, step: ChannelStep, before: SampleShape): ChannelStep | null {
  if (!mayPass(node) || !passesScale(node, step)) return null;
  return before.at(-1) === step.scale.length ? step : null;
}

function passesScale({ layer }: NetworkNode, { scale, shift }: ChannelStep): boolean {
  if (largest.test(layer.className)) return scale.every((value) => value >= 0);
  return !pads.test(layer.className) || shift.every((value) => value === 0);
}

function repeated({ scale, shift }: ChannelStep, channels: number): ChannelStep | null {
  if (channels === 0 || channels % scale.length !== 0) return null;
  const repeat = (values: Float64Array) =>
    Float64Array.from({ length: channels }, (_, at) => values[at % values.length]!);
  return { kind: 'channels', scale: repeat(scale), shift: repeat(shift) };
}
