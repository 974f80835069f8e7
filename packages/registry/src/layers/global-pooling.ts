import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  patchGeometry,
  pool,
  reshape,
} from '@fuseinit/core';
import { channelsOf, requireChannelsLast, spatialOf } from './config-values.js';

/** The plugin of a pooling layer over all positions. tfjs-layers leaves `keepDims` unread, and so does this. */
export function globalPoolingPlugin(className: string, kind: 'max' | 'average'): LayerPlugin {
  const outputShape = (layer: LayerDescription) => [channelsOf(layer)];
  const geometryOf = (layer: LayerDescription) =>
    patchGeometry({ inputSize: spatialOf(layer), kernelSize: spatialOf(layer) });
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: false, inside: true, ends: false },
    lower(layer) {
      requireChannelsLast(layer);
      return { reads: 'everything' };
    },
    outputShape,
    apply: (layer, input) =>
      reshape(pool(input, geometryOf(layer), kind), [input.shape[0]!, ...outputShape(layer)]),
  });
}
