import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  pool,
  reshape,
  wholeWindow,
} from '@fuseinit/core';
import { channelsToLast } from './arrays.js';
import { channelsOf, requireChannelsLast } from './config-values.js';
import { nowhere } from './plugin-makers.js';
import { fusibleWindowOf, windowOf, withChannelsLast } from './windows.js';

const insideOnly = { begins: false, inside: true, ends: false };

/** Makes the plugin of a pooling layer whose window slides. */
function poolingPlugin(className: string, rank: number, kind: 'max' | 'average'): LayerPlugin {
  const geometryOf = (layer: LayerDescription) => fusibleWindowOf(layer, rank, 'poolSize');
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    // An average is affine in what it reads, so it may end a span.
    roles: rank > 2 ? nowhere : { ...insideOnly, ends: kind === 'average' },
    lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
    outputShape: (layer) => [...geometryOf(layer).outputSize, channelsOf(layer)],
    apply: (layer, input) =>
      withChannelsLast(layer, input, (last, image) => pool(image, windowOf(last, rank, 'poolSize'), kind)),
  });
}

/** Makes the plugin of a pooling layer over all positions. It ignores `keepDims`, as tfjs-layers does. */
function globalPoolingPlugin(className: string, kind: 'max' | 'average'): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: insideOnly,
    lower(layer) {
      requireChannelsLast(layer);
      return { reads: 'everything' };
    },
    outputShape: (layer) => [channelsOf(layer)],
    apply({ config }, input) {
      const image = config.dataFormat === 'channelsFirst' ? channelsToLast(input) : input;
      return reshape(pool(image, wholeWindow(image.shape.slice(1, -1)), kind), [
        image.shape[0]!,
        image.shape.at(-1)!,
      ]);
    },
  });
}

/** Pooling layers of tfjs-layers, over windows and over all positions. */
export const poolingLayers: readonly LayerPlugin[] = [
  poolingPlugin('AveragePooling1D', 1, 'average'),
  poolingPlugin('AveragePooling2D', 2, 'average'),
  poolingPlugin('AveragePooling3D', 3, 'average'),
  poolingPlugin('MaxPooling1D', 1, 'max'),
  poolingPlugin('MaxPooling2D', 2, 'max'),
  poolingPlugin('MaxPooling3D', 3, 'max'),
  globalPoolingPlugin('GlobalAveragePooling1D', 'average'),
  globalPoolingPlugin('GlobalAveragePooling2D', 'average'),
  globalPoolingPlugin('GlobalMaxPooling1D', 'max'),
  globalPoolingPlugin('GlobalMaxPooling2D', 'max'),
];
