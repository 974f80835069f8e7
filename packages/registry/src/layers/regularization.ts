import type { LayerPlugin } from '@fuseinit/core';
import { elementPlugin } from './plugin-makers.js';

/** Layers that act in training only, so that at inference they return their input: dropout and noise. */
export const regularizationLayers: readonly LayerPlugin[] = [
  elementPlugin(
    ['Dropout', 'SpatialDropout1D', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'],
    (_layer, input) => input,
  ),
];
