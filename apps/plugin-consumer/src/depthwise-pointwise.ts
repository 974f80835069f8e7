import { composeGeometry, defineLayerPair, reshape } from '@fuseinit/core';

/**
 * Fuses a `DepthwiseConv2D` and the 1x1 `Conv2D` after it into one `Conv2D`.
 *
 * `kernel` [kernelHeight, kernelWidth, inChannels, filters], `bias` [filters].
 */
export const depthwisePointwise = defineLayerPair({
  specVersion: 1,
  name: '@acme/fuseinit-separable',
  layers: ['DepthwiseConv2D', 'Conv2D'],
  fuse({ first, second }) {
    if (!second.geometry.kernelSize.every((size) => size === 1)) return null;
    const geometry = composeGeometry(first.geometry, second.geometry);
    const inChannels = first.inputShape.at(-1)!;
    const filters = second.outputShape.at(-1)!;
    return {
      className: 'Conv2D',
      config: {
        filters,
        kernelSize: geometry.kernelSize,
        strides: geometry.strides,
        activation: second.activation,
      },
      geometry,
      toWeights: ({ kernel, bias }) => [reshape(kernel, [...geometry.kernelSize, inChannels, filters]), bias],
    };
  },
});
