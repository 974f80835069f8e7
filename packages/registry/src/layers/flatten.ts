import { defineLayer, reshape, sizeOf, staticShape } from '@fuseinit/core';
import { requireChannelsLast } from './config-values.js';

export const flatten = defineLayer({
  specVersion: 1,
  classNames: ['Flatten'],
  roles: { begins: false, inside: true, ends: false },
  lower(layer) {
    requireChannelsLast(layer);
    return { reads: 'everything' };
  },
  outputShape: (layer) => [sizeOf(staticShape(layer))],
  apply: (layer, input) => reshape(input, [input.shape[0]!, sizeOf(staticShape(layer))]),
});
