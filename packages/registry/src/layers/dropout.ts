import { elementPlugin } from './element-plugin.js';

/** Dropout and the noise layers: nothing at inference. */
export const dropout = elementPlugin(
  ['Dropout', 'SpatialDropout1D', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'],
  (_layer, input) => input,
);
