import { defineLayer, type LayerPlugin, pool } from '@fuseinit/core';
import { channelsOf } from './config-values.js';
import { windowOf } from './sliding-window.js';

/** The plugin of a pooling layer whose window slides. */
export function poolingPlugin(className: string, rank: 1 | 2, kind: 'max' | 'average'): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: false, inside: true, ends: false },
    lower: (layer) => ({ reads: 'window', geometry: windowOf(layer, rank, 'poolSize') }),
    outputShape: (layer) => [...windowOf(layer, rank, 'poolSize').outputSize, channelsOf(layer)],
    apply: (layer, input) => pool(input, windowOf(layer, rank, 'poolSize'), kind),
  });
}
