import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  patchGeometry,
  pool,
  reshape,
} from '@fuseinit/core';
import { channelsOf, requireChannelsLast, spatialOf } from './config-values.js';

/** The plugin of a pooling layer over all positions. */
export function globalPoolingPlugin(className: string, kind: 'max' | 'average'): LayerPlugin {
  const outputShape = (layer: LayerDescription) =>
    layer.config.keepDims ? [...spatialOf(layer).map(() => 1), channelsOf(layer)] : [channelsOf(layer)];
  const geometryOf = (layer: LayerDescription) => {
    requireChannelsLast(layer);
    return patchGeometry({ inputSize: spatialOf(layer), kernelSize: spatialOf(layer) });
  };
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: false, inside: true, ends: false },
    lower(layer) {
      const geometry = geometryOf(layer);
      return layer.config.keepDims ? { reads: 'window', geometry } : { reads: 'everything' };
    },
    outputShape,
    apply: (layer, input) =>
      reshape(pool(input, geometryOf(layer), kind), [input.shape[0]!, ...outputShape(layer)]),
  });
}
