import { defineLayer, depthwiseConvolve, type LayerDescription } from '@fuseinit/core';
import { withActivation } from './activation-name.js';
import { channelsOf, sizesOf, unsupported } from './config-values.js';
import { windowOf } from './sliding-window.js';

/** Weights: kernel [...kernelSize, inChannels, depthMultiplier], bias [inChannels * depthMultiplier]. */
export const depthwiseConv2d = defineLayer({
  specVersion: 1,
  classNames: ['DepthwiseConv2D'],
  roles: { begins: true, inside: true, ends: true },
  lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
  outputShape: (layer) => [
    ...geometryOf(layer).outputSize,
    channelsOf(layer) * Number(layer.config.depthMultiplier ?? 1),
  ],
  apply(layer, input) {
    const [kernel, bias] = layer.weights;
    return withActivation(layer, depthwiseConvolve(input, kernel!, bias, geometryOf(layer)));
  },
});

function geometryOf(layer: LayerDescription) {
  // tfjs-layers 4.22 takes a dilationRate here and computes without it: what such a layer means is unclear.
  if (sizesOf(layer, 'dilationRate', 2, [1, 1]).some((rate) => rate !== 1)) {
    const rate = JSON.stringify(layer.config.dilationRate);
    throw unsupported(layer, `its dilationRate is ${rate}, which tfjs-layers ignores; 1 can be fused`);
  }
  return windowOf(layer, 2, 'kernelSize');
}
