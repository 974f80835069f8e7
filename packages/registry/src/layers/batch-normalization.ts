import type { NdArray, WeightedLayer } from '@fuseinit/core';
import { elementPlugin, requireLastAxis } from './element-plugin.js';

/** Weights: gamma if `scale`, beta if `center`, moving mean, moving variance; each [channels]. */
export const batchNormalization = elementPlugin(
  ['BatchNormalization'],
  (layer, input) => {
    const { gamma, beta, mean, variance } = statisticsOf(layer);
    const epsilon = Number(layer.config.epsilon ?? 1e-3);
    const channels = mean.data.length;
    return {
      shape: input.shape,
      data: input.data.map((value, index) => {
        const channel = index % channels;
        const deviation = Math.sqrt(variance.data[channel]! + epsilon);
        const scale = gamma ? gamma.data[channel]! : 1;
        const offset = beta ? beta.data[channel]! : 0;
        return ((value - mean.data[channel]!) / deviation) * scale + offset;
      }),
    };
  },
  requireLastAxis,
);

function statisticsOf({ config, weights }: WeightedLayer): {
  gamma: NdArray | undefined;
  beta: NdArray | undefined;
  mean: NdArray;
  variance: NdArray;
} {
  const left = [...weights];
  const gamma = config.scale === false ? undefined : left.shift();
  const beta = config.center === false ? undefined : left.shift();
  return { gamma, beta, mean: left[0]!, variance: left[1]! };
}
