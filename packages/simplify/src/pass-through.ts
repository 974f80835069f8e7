import type { ChannelStep, NetworkNode } from '@fuseinit/core';
import type { SampleShape } from './affine-steps.js';

/** How layers of tfjs-layers without weights treat what stands before them. */
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
 * Whether the layer gives the same after an activation of each element as that activation gives after the
 * layer: a maximum does for one that never decreases, a layer that only moves elements for any, one that pads
 * with zeros where it leaves 0.
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
 * The scale and shift of channels behind a layer that do there what these do before it; null where there are
 * none. They pass a mean, whose weights add up to 1; a maximum where no scale is negative; zero padding where
 * no shift is; a reshaping where elements stay in whole rows of channels.
 */
export function passForward(node: NetworkNode, step: ChannelStep, after: SampleShape): ChannelStep | null {
  if (!mayPass(node) || !passesScale(node, step)) return null;
  return repeated(step, after.at(-1) ?? 0);
}

/** The scale and shift before a layer that do there what these do behind it; null where there are none. */
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
