import {
  convolve,
  defineLayer,
  depthwiseConvolve,
  type LayerDescription,
  type LayerPlugin,
  multiplyRows,
  reshape,
} from '@fuseinit/core';
import { withActivation } from './activations.js';
import { channelsOf, sizesOf, unsupported } from './config-values.js';
import { fusibleWindowOf, windowOf, withChannelsLast } from './windows.js';

const anywhere = { begins: true, inside: true, ends: true };

/**
 * Makes the plugin of a convolution of this rank, which is a cross-correlation as TensorFlow means it. Its weights are
 * the kernel [...kernelSize, inChannels, filters] and the bias [filters].
 */
function convolutionPlugin(className: string, rank: number): LayerPlugin {
  const geometryOf = (layer: LayerDescription) => {
    if (Number(layer.config.groups ?? 1) !== 1) {
      throw unsupported(layer, `it has ${layer.config.groups} groups; 1 can be fused`);
    }
    return fusibleWindowOf(layer, rank, 'kernelSize');
  };
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: anywhere,
    lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
    outputShape: (layer) => [...geometryOf(layer).outputSize, Number(layer.config.filters)],
    apply: (layer, input) =>
      withChannelsLast(layer, input, (last, image) => {
        const [kernel, bias] = last.weights;
        return withActivation(last, convolve(image, kernel!, bias, windowOf(last, rank, 'kernelSize')));
      }),
  });
}

/** The weights are the kernel [...kernelSize, inChannels, depthMultiplier] and the bias [inChannels * depthMultiplier]. */
const depthwiseConv2d = defineLayer({
  specVersion: 1,
  classNames: ['DepthwiseConv2D'],
  roles: anywhere,
  lower: (layer) => ({ reads: 'window', geometry: depthwiseGeometryOf(layer) }),
  outputShape: (layer) => [
    ...depthwiseGeometryOf(layer).outputSize,
    channelsOf(layer) * Number(layer.config.depthMultiplier ?? 1),
  ],
  apply: (layer, input) =>
    withChannelsLast(layer, input, (last, image) => {
      const [kernel, bias] = last.weights;
      const geometry = windowOf(last, 2, 'kernelSize');
      return withActivation(last, depthwiseConvolve(image, kernel!, bias, geometry));
    }),
});

function depthwiseGeometryOf(layer: LayerDescription) {
  // tfjs-layers 4.22 takes a dilationRate here and computes without it: what such a layer means is unclear.
  if (sizesOf(layer, 'dilationRate', 2, [1, 1]).some((rate) => rate !== 1)) {
    const rate = JSON.stringify(layer.config.dilationRate);
    throw unsupported(layer, `its dilationRate is ${rate}, which tfjs-layers ignores; 1 can be fused`);
  }
  return fusibleWindowOf(layer, 2, 'kernelSize');
}

/**
 * The weights are the depthwise kernel [...kernelSize, inChannels, depthMultiplier], the pointwise one
 * [1, 1, inChannels * depthMultiplier, filters] and the bias [filters].
 */
const separableConv2d = defineLayer({
  specVersion: 1,
  classNames: ['SeparableConv2D'],
  roles: anywhere,
  lower: (layer) => ({ reads: 'window', geometry: fusibleWindowOf(layer, 2, 'kernelSize') }),
  outputShape: (layer) => [
    ...fusibleWindowOf(layer, 2, 'kernelSize').outputSize,
    Number(layer.config.filters),
  ],
  apply: (layer, input) =>
    withChannelsLast(layer, input, (last, image) => {
      const [depthwise, pointwise, bias] = last.weights;
      const features = depthwiseConvolve(image, depthwise!, undefined, windowOf(last, 2, 'kernelSize'));
      const matrix = reshape(pointwise!, pointwise!.shape.slice(-2));
      return withActivation(last, multiplyRows(features, matrix, bias));
    }),
});

/** Convolutions of tfjs-layers. */
export const convolutionLayers: readonly LayerPlugin[] = [
  convolutionPlugin('Conv1D', 1),
  convolutionPlugin('Conv2D', 2),
  depthwiseConv2d,
  separableConv2d,
];
