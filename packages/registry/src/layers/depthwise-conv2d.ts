import { defineLayer, depthwiseConvolve } from '@fuseinit/core';
import { withActivation } from './activation-name.js';
import { channelsOf } from './config-values.js';
import { windowOf } from './sliding-window.js';

/** Weights: kernel [...kernelSize, inChannels, depthMultiplier], bias [inChannels * depthMultiplier]. */
export const depthwiseConv2d = defineLayer({
  specVersion: 1,
  classNames: ['DepthwiseConv2D'],
  roles: { begins: true, inside: true, ends: true },
  lower: (layer) => ({ reads: 'window', geometry: windowOf(layer, 2, 'kernelSize') }),
  outputShape: (layer) => [
    ...windowOf(layer, 2, 'kernelSize').outputSize,
    channelsOf(layer) * Number(layer.config.depthMultiplier ?? 1),
  ],
  apply(layer, input) {
    const [kernel, bias] = layer.weights;
    return withActivation(layer, depthwiseConvolve(input, kernel!, bias, windowOf(layer, 2, 'kernelSize')));
  },
});
