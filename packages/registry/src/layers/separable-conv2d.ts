import { defineLayer, depthwiseConvolve, multiplyRows, reshape } from '@fuseinit/core';
import { withActivation } from './activation-name.js';
import { windowOf } from './sliding-window.js';

/** Weights: depthwise kernel [...kernelSize, inChannels, depthMultiplier], pointwise [1, 1, features, filters], bias. */
export const separableConv2d = defineLayer({
  specVersion: 1,
  classNames: ['SeparableConv2D'],
  roles: { begins: true, inside: true, ends: true },
  lower: (layer) => ({ reads: 'window', geometry: windowOf(layer, 2, 'kernelSize') }),
  outputShape: (layer) => [...windowOf(layer, 2, 'kernelSize').outputSize, Number(layer.config.filters)],
  apply(layer, input) {
    const [depthwise, pointwise, bias] = layer.weights;
    const features = depthwiseConvolve(input, depthwise!, undefined, windowOf(layer, 2, 'kernelSize'));
    return withActivation(
      layer,
      multiplyRows(features, reshape(pointwise!, pointwise!.shape.slice(-2)), bias),
    );
  },
});
