import type { LayerPlugin } from '@fuseinit/core';
import { at, axisOf, build, forEachIndex } from './arrays.js';
import { requireLastAxis } from './config-values.js';
import { elementPlugin } from './plugin-makers.js';

/**
 * The weights are gamma if `scale`, beta if `center`, the moving mean and the moving variance, each
 * [channels].
 */
const batchNormalization = elementPlugin(
  ['BatchNormalization'],
  (layer, input) => {
    const { gamma, beta, left } = scalingOf(layer);
    const [mean, variance] = left;
    const epsilon = Number(layer.config.epsilon ?? 1e-3);
    const [axis] = [layer.config.axis ?? -1].flat() as number[];
    const along = axisOf(axis!, input.shape.length);
    const channels = input.shape[along]!;
    const inner = input.shape.slice(along + 1).reduce((size, length) => size * length, 1);
    return {
      shape: input.shape,
      data: input.data.map((value, index) => {
        const channel = Math.floor(index / inner) % channels;
        const deviation = Math.sqrt(variance!.data[channel]! + epsilon);
        const scale = gamma ? gamma.data[channel]! : 1;
        const offset = beta ? beta.data[channel]! : 0;
        return ((value - mean!.data[channel]!) / deviation) * scale + offset;
      }),
    };
  },
  (layer) => requireLastAxis(layer),
  { ends: true },
);

/** The config and weights of a normalizing layer; weights may be float32 or float64. */
interface NormalizingLayer<Weight> {
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: readonly Weight[];
}

/** Splits off gamma and beta, if the layer has them, from its weights; `left` are the remaining weights. */
export function scalingOf<Weight>({ config, weights }: NormalizingLayer<Weight>): {
  gamma: Weight | undefined;
  beta: Weight | undefined;
  left: readonly Weight[];
} {
  const left = [...weights];
  const gamma = config.scale === false ? undefined : left.shift();
  const beta = config.center === false ? undefined : left.shift();
  return { gamma, beta, left };
}

/**
 * The scale [channels] by which a BatchNormalization multiplies at inference, and the shift [channels] that
 * it adds afterwards.
 */
export function scaleAndShiftOf(layer: NormalizingLayer<{ readonly data: ArrayLike<number> }>): {
  scale: Float64Array;
  shift: Float64Array;
} {
  const { gamma, beta, left } = scalingOf(layer);
  const [mean, variance] = left;
  const epsilon = Number(layer.config.epsilon ?? 1e-3);
  const scale = Float64Array.from(
    variance!.data,
    (value, channel) => (gamma?.data[channel] ?? 1) / Math.sqrt(value + epsilon),
  );
  const shift = Float64Array.from(
    mean!.data,
    (value, channel) => (beta?.data[channel] ?? 0) - value * scale[channel]!,
  );
  return { scale, shift };
}

/**
 * A LayerNormalization gives each sample mean 0 and variance 1 over some axes. Its weights are gamma if
 * `scale` and beta if
 * `center`, which have the lengths of those axes in the order in which `axis` names them.
 */
const layerNormalization = elementPlugin(
  ['LayerNormalization'],
  (layer, input) => {
    const { gamma, beta } = scalingOf(layer);
    const epsilon = Number(layer.config.epsilon ?? 1e-3);
    const named = [layer.config.axis ?? -1].flat() as number[];
    const along = named.map((axis) => axisOf(axis, input.shape.length));
    const others = input.shape.map((_, axis) => axis).filter((axis) => !along.includes(axis));
    const groupOf = (index: readonly number[]) => others.map((axis) => index[axis]).join();
    const groups = new Map<string, number[]>();
    forEachIndex(input.shape, (index) => {
      const values = groups.get(groupOf(index)) ?? [];
      groups.set(groupOf(index), values);
      values.push(at(input, index));
    });
    const moments = new Map([...groups].map(([group, values]) => [group, momentsOf(values)]));
    return build(input.shape, (index) => {
      const { mean, variance } = moments.get(groupOf(index))!;
      const own = along.map((axis) => index[axis]!);
      const normalized = (at(input, index) - mean) / Math.sqrt(variance + epsilon);
      return normalized * (gamma ? at(gamma, own) : 1) + (beta ? at(beta, own) : 0);
    });
  },
  (layer) => requireLastAxis(layer),
);

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

/** Layers that normalize. */
export const normalizationLayers: readonly LayerPlugin[] = [batchNormalization, layerNormalization];
