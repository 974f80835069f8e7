import { convolve, defineLayer, type LayerDescription, type LayerPlugin } from '@fuseinit/core';
import { withActivation } from './activation-name.js';
import { unsupported } from './config-values.js';
import { windowOf } from './sliding-window.js';

/** The plugin of a convolution of this rank: its window, and cross-correlation as TensorFlow means it. */
export function convolutionPlugin(className: string, rank: 1 | 2): LayerPlugin {
  const geometryOf = (layer: LayerDescription) => {
    if (Number(layer.config.groups ?? 1) !== 1) {
      throw unsupported(layer, `it has ${layer.config.groups} groups; 1 can be fused`);
    }
    if (layer.config.padding === 'causal') {
      throw unsupported(layer, "its padding is 'causal'; 'same' or 'valid' can be fused");
    }
    return windowOf(layer, rank, 'kernelSize');
  };
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: true, inside: true, ends: true },
    lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
    outputShape: (layer) => [...geometryOf(layer).outputSize, Number(layer.config.filters)],
    apply(layer, input) {
      const [kernel, bias] = layer.weights;
      return withActivation(layer, convolve(input, kernel!, bias, geometryOf(layer)));
    },
  });
}
