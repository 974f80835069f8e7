import type { LayerPlugin } from '@fuseinit/core';
import { activationLayers } from './layers/activations.js';
import { borderLayers } from './layers/borders.js';
import { convolutionLayers } from './layers/convolutions.js';
import { dense } from './layers/dense.js';
import { normalizationLayers } from './layers/normalization.js';
import { poolingLayers } from './layers/pooling.js';
import { recurrentLayers } from './layers/recurrent.js';
import { regularizationLayers } from './layers/regularization.js';
import { reshapingLayers } from './layers/reshaping.js';

/** Plugins for the layers of tfjs-layers. */
export const builtinLayers: readonly LayerPlugin[] = [
  dense,
  ...convolutionLayers,
  ...poolingLayers,
  ...activationLayers,
  ...normalizationLayers,
  ...regularizationLayers,
  ...borderLayers,
  ...reshapingLayers,
  ...recurrentLayers,
];
