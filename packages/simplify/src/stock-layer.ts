import type {
  AffineForm,
  AffineStep,
  ChannelStep,
  NetworkLayer,
  NetworkWeight,
  TransposedStep,
  WindowStep,
} from '@fuseinit/core';
import { trainsAny } from './training-settings.js';

/** The class, config and weights of a tfjs-layers layer, as determined by an affine form. */
interface Stock {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: readonly (readonly [
    name: string,
    shape: readonly number[],
    data: Float64Array,
    trainable?: boolean,
  ])[];
}

/**
 * The layer of tfjs-layers that computes an affine form, with float64 weights; null where there is none.
 * Where the weights are those of one replaced layer, its initializers, constraints and regularizers are kept;
 * otherwise they are dropped, since they were meant for other weights.
 *
 * @param like The layers that the new one replaces. It gets the name of the first, and trains if any of those
 *   with weights does.
 * @param rank The number of axes before the channels.
 */
export function stockLayer(
  { steps, activation }: AffineForm,
  [like, ...others]: readonly [NetworkLayer, ...NetworkLayer[]],
  rank: number,
): NetworkLayer | null {
  const stock = stockOf(steps, activation, [like, ...others], rank);
  if (!stock) return null;
  // The bias is omitted if it is 0 and a replaced layer had none.
  const bias = stock.weights.find(([weightName]) => weightName === 'bias')?.[2];
  const biasless =
    bias?.every((value) => value === 0) && [like, ...others].some(({ config }) => config.useBias === false);
  const { name } = like;
  const replaced = [like, ...others].filter(({ weights }) => weights.length > 0);
  const trainable = (replaced.length > 0 ? replaced : [like]).some((layer) => layer.trainable);
  const trains = replaced.length > 0 ? replaced.some(trainsAny) : trainable;
  const weights = stock.weights.slice(0, biasless ? -1 : undefined);
  const [only, ...more] = replaced;
  const keeps = only && more.length === 0 && hasWeights(only, stock.className, weights);
  return {
    name,
    className: stock.className,
    config: {
      name,
      trainable,
      ...stock.config,
      ...(bias && { useBias: !biasless }),
      ...(keeps && settingsOfWeights(only)),
    },
    trainable,
    weights: weights.map(
      ([weightName, shape, data, mayTrain = true]): NetworkWeight => ({
        name: weightName,
        shape,
        data,
        dtype: replaced[0]?.weights[0]?.dtype ?? 'float32',
        trainable: mayTrain && trains,
      }),
    ),
  };
}

/** Whether a layer is of this class and has these very weights. */
function hasWeights(layer: NetworkLayer, className: string, weights: Stock['weights']): boolean {
  return (
    layer.className === className &&
    layer.weights.length === weights.length &&
    weights.every(([, , data], at) => {
      const own = layer.weights[at]!.data;
      return own.length === data.length && data.every((value, index) => value === own[index]);
    })
  );
}

/** The entries of a config that are about training the weights. */
function settingsOfWeights({ config }: NetworkLayer): Record<string, unknown> {
  const entries = Object.entries(config).filter(
    ([name, value]) => /(Initializer|Constraint|Regularizer)$/.test(name) && value != null,
  );
  return Object.fromEntries(entries);
}

function stockOf(
  steps: readonly AffineStep[],
  activation: string,
  like: readonly NetworkLayer[],
  rank: number,
): Stock | null {
  const [first, second] = steps;
  if (!first) return { className: 'Activation', config: { activation }, weights: [] };
  if (second) return steps.length === 2 ? separable(first, second, activation, rank) : null;
  if (first.kind === 'channels') return activation === 'linear' ? channels(first, like) : null;
  if (first.kind === 'transposed') return transposed(first, activation);
  if (first.kind === 'window') return convolution(first, activation, rank);
  const { kernel, bias } = first;
  return {
    className: 'Dense',
    config: { units: bias.length, activation },
    weights: [
      ['kernel', kernel.shape, kernel.data],
      ['bias', [bias.length], bias],
    ],
  };
}

/**
 * A batch norm with trivial statistics, or a Rescaling if there was one and all channels share a scale and a
 * shift.
 */
function channels({ scale, shift }: ChannelStep, like: readonly NetworkLayer[]): Stock {
  const uniform = [scale, shift].every((values) => values.every((value) => value === values[0]));
  if (uniform && like.some(({ className }) => className === 'Rescaling')) {
    return { className: 'Rescaling', config: { scale: scale[0], offset: shift[0] }, weights: [] };
  }
  const shape = [scale.length];
  return {
    className: 'BatchNormalization',
    config: { axis: -1, epsilon: 0, scale: true, center: true },
    weights: [
      ['gamma', shape, scale],
      ['beta', shape, shift],
      ['moving_mean', shape, new Float64Array(scale.length), false],
      ['moving_variance', shape, new Float64Array(scale.length).fill(1), false],
    ],
  };
}

function convolution(step: WindowStep, activation: string, rank: number): Stock | null {
  const { groups, kernel, bias, kernelSize } = step;
  const filters = bias.length;
  const biasWeight = ['bias', [filters], bias] as const;
  const config = { ...windowConfig(step), dilationRate: step.dilationRate, activation };
  if (groups === 1) {
    return {
      className: `Conv${rank}D`,
      config: { filters, ...config },
      weights: [['kernel', kernel.shape, kernel.data], biasWeight],
    };
  }
  if (!isDepthwise(step, rank) || step.dilationRate.some((rate) => rate !== 1)) return null;
  return {
    className: 'DepthwiseConv2D',
    config: { depthMultiplier: filters / groups, ...config },
    weights: [['depthwise_kernel', [...kernelSize, groups, filters / groups], kernel.data], biasWeight],
  };
}

/**
 * A depthwise convolution followed by one with a 1x1 kernel; the bias of the first is passed through the
 * second.
 */
function separable(first: AffineStep, second: AffineStep, activation: string, rank: number): Stock | null {
  if (first.kind !== 'window' || second.kind !== 'window' || !isDepthwise(first, rank)) return null;
  if (second.groups !== 1 || [...second.kernelSize, ...second.strides].some((size) => size !== 1))
    return null;
  const { groups, kernel, kernelSize, bias: shifts } = first;
  const filters = second.bias.length;
  const features = shifts.length;
  const bias = second.bias.slice();
  second.kernel.data.forEach((value, at) => {
    bias[at % filters]! += value * shifts[Math.floor(at / filters)]!;
  });
  return {
    className: 'SeparableConv2D',
    config: {
      filters,
      depthMultiplier: features / groups,
      ...windowConfig(first),
      dilationRate: first.dilationRate,
      activation,
    },
    weights: [
      ['depthwise_kernel', [...kernelSize, groups, features / groups], kernel.data],
      ['pointwise_kernel', [1, 1, features, filters], second.kernel.data],
      ['bias', [filters], bias],
    ],
  };
}

function transposed(step: TransposedStep, activation: string): Stock {
  const { kernel, bias } = step;
  return {
    className: 'Conv2DTranspose',
    config: { filters: bias.length, ...windowConfig(step), activation },
    weights: [
      ['kernel', kernel.shape, kernel.data],
      ['bias', [bias.length], bias],
    ],
  };
}

function windowConfig({ kernelSize, strides, padding }: WindowStep | TransposedStep) {
  return { kernelSize, strides, padding, dataFormat: 'channelsLast' };
}

function isDepthwise({ groups, kernel, bias }: WindowStep, rank: number): boolean {
  return rank === 2 && kernel.shape.at(-2) === 1 && bias.length % groups === 0;
}
