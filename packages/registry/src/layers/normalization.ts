import type { LayerPlugin, NdArray, WeightedLayer } from '@fuseinit/core';
import { axisOf } from './arrays.js';
import { requireLastAxis } from './config-values.js';
import { elementPlugin } from './element-plugin.js';

/** The weights are gamma if `scale`, beta if `center`, the moving mean and the moving variance, each [channels]. */
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
);

/** Takes gamma and beta, each where the layer has it, from its weights; `left` is what follows them. */
function scalingOf({ config, weights }: WeightedLayer): {
  gamma: NdArray | undefined;
  beta: NdArray | undefined;
  left: readonly NdArray[];
} {
  const left = [...weights];
  const gamma = config.scale === false ? undefined : left.shift();
  const beta = config.center === false ? undefined : left.shift();
  return { gamma, beta, left };
}

/** Layers that normalize. */
export const normalizationLayers: readonly LayerPlugin[] = [batchNormalization];
