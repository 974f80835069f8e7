import {
  convolve,
  defineLayer,
  depthwiseConvolve,
  type LayerDescription,
  type LayerPlugin,
  multiplyRows,
  type NdArray,
  type PatchGeometry,
  patchOffsets,
  positionCount,
  reshape,
  type SpanRoles,
  sizeOf,
} from '@fuseinit/core';
import { withActivation } from './activations.js';
import { channelsOf, sizesOf, unsupported } from './config-values.js';
import { nowhere, unfusiblePlugin } from './plugin-makers.js';
import { fusibleWindowOf, windowOf, withChannelsLast } from './windows.js';

const anywhere: SpanRoles = { begins: true, inside: true, ends: true };

/**
 * Makes the plugin of a convolution of this rank, which is a cross-correlation as TensorFlow means it. Its
 * weights are the kernel [...kernelSize, inChannels, filters] and the bias [filters].
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
    roles: rank > 2 ? nowhere : anywhere,
    lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
    outputShape: (layer) => [...geometryOf(layer).outputSize, Number(layer.config.filters)],
    apply: (layer, input) =>
      withChannelsLast(layer, input, (last, image) => {
        const [kernel, bias] = last.weights;
        return withActivation(last, convolve(image, kernel!, bias, windowOf(last, rank, 'kernelSize')));
      }),
  });
}

/**
 * The weights are the kernel [...kernelSize, inChannels, depthMultiplier] and the bias [inChannels *
 * depthMultiplier].
 */
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
      const geometry = windowOf(withoutDilation(last), 2, 'kernelSize');
      return withActivation(last, depthwiseConvolve(image, kernel!, bias, geometry));
    }),
});

/** Depthwise and transposed convolutions of tfjs-layers 4.22 accept a dilationRate but ignore it. */
function withoutDilation<Layer extends LayerDescription>(layer: Layer): Layer {
  return { ...layer, config: { ...layer.config, dilationRate: 1 } };
}

function depthwiseGeometryOf(layer: LayerDescription) {
  // tfjs-layers 4.22 accepts a dilationRate here but ignores it, so the meaning of such a layer is unclear.
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

/**
 * Makes the plugin of a transposed convolution: each input position adds to the outputs from which the
 * convolution of the same window would read it. Its weights are the kernel [...kernelSize, filters,
 * inChannels] and the bias [filters].
 */
function transposedPlugin(className: string, rank: number): LayerPlugin {
  return unfusiblePlugin(
    [className],
    'it is a transposed convolution, whose outputs read windows of several sizes',
    {
      apply: (layer, input) =>
        withChannelsLast(layer, input, (last, image) => {
          const [kernel, bias] = last.weights;
          const [kernelSize, strides] = ['kernelSize', 'strides'].map((key) =>
            sizesOf(last, key, rank, key === 'strides' ? Array.from({ length: rank }, () => 1) : undefined),
          ) as [number[], number[]];
          const outputSize = image.shape.slice(1, -1).map((length, axis) => {
            const surplus =
              last.config.padding === 'same' ? 0 : Math.max(kernelSize[axis]! - strides[axis]!, 0);
            return length * strides[axis]! + surplus;
          });
          const window = windowOf(withoutDilation(last), rank, 'kernelSize', outputSize);
          return withActivation(last, scatter(image, kernel!, bias, window));
        }),
    },
  );
}

/** @returns [batch, ...geometry.inputSize, filters] */
function scatter(
  input: NdArray,
  kernel: NdArray,
  bias: NdArray | undefined,
  geometry: PatchGeometry,
): NdArray {
  const [filters, channels] = kernel.shape.slice(-2) as [number, number];
  const offsets = patchOffsets(geometry);
  const [positions, taps] = [positionCount(geometry), sizeOf(geometry.kernelSize)];
  const outputs = sizeOf(geometry.inputSize);
  const batch = input.shape[0]!;
  const data = new Float64Array(batch * outputs * filters);
  for (let at = 0; at < data.length; at++) data[at] = bias?.data[at % filters] ?? 0;
  for (let from = 0; from < batch * positions; from++) {
    for (let tap = 0; tap < taps; tap++) {
      const to = offsets[(from % positions) * taps + tap]!;
      if (to < 0) continue;
      const start = (Math.floor(from / positions) * outputs + to) * filters;
      for (let filter = 0; filter < filters; filter++) {
        for (let channel = 0; channel < channels; channel++) {
          data[start + filter]! +=
            input.data[from * channels + channel]! *
            kernel.data[(tap * filters + filter) * channels + channel]!;
        }
      }
    }
  }
  return { shape: [batch, ...geometry.inputSize, filters], data };
}

/** Convolutions of tfjs-layers. */
export const convolutionLayers: readonly LayerPlugin[] = [
  convolutionPlugin('Conv1D', 1),
  convolutionPlugin('Conv2D', 2),
  convolutionPlugin('Conv3D', 3),
  depthwiseConv2d,
  separableConv2d,
  transposedPlugin('Conv2DTranspose', 2),
  transposedPlugin('Conv3DTranspose', 3),
];
