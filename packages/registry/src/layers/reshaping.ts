import { defineLayer, type LayerPlugin, reshape, sizeOf, staticShape } from '@fuseinit/core';
import { channelsToLast } from './arrays.js';
import { requireChannelsLast } from './config-values.js';

const flatten = defineLayer({
  specVersion: 1,
  classNames: ['Flatten'],
  roles: { begins: false, inside: true, ends: false },
  lower(layer) {
    requireChannelsLast(layer);
    return { reads: 'everything' };
  },
  outputShape: (layer) => [sizeOf(staticShape(layer))],
  apply({ config }, input) {
    const last = config.dataFormat === 'channelsFirst' ? channelsToLast(input) : input;
    return reshape(last, [input.shape[0]!, sizeOf(input.shape.slice(1))]);
  },
});

/** Layers that move numbers to other places and change none. */
export const reshapingLayers: readonly LayerPlugin[] = [flatten];
