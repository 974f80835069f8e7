import type { LayerPlugin } from '@fuseinit/core';
import { withAffineForms } from './affine-forms.js';
import { activationLayers } from './layers/activations.js';
import { borderLayers } from './layers/borders.js';
import { categoryLayers } from './layers/categories.js';
import { convolutionLayers } from './layers/convolutions.js';
import { dense } from './layers/dense.js';
import { imageLayers } from './layers/images.js';
import { mergingLayers } from './layers/merging.js';
import { normalizationLayers } from './layers/normalization.js';
import { poolingLayers } from './layers/pooling.js';
import { recurrentLayers } from './layers/recurrent.js';
import { regularizationLayers } from './layers/regularization.js';
import { reshapingLayers } from './layers/reshaping.js';
import { wrapperLayers } from './layers/wrappers.js';

/**
 * Plugins for the layer classes of tfjs-layers, each of which defines what its class computes and whether it
 * can be part of a span. Wrapper layers look up the plugin of the wrapped layer in this list.
 */
export const builtinLayers: readonly LayerPlugin[] = [
  dense,
  ...convolutionLayers,
  ...poolingLayers,
  ...activationLayers,
  ...normalizationLayers,
  ...regularizationLayers,
  ...borderLayers,
  ...reshapingLayers,
  ...imageLayers,
  ...categoryLayers,
  ...mergingLayers,
  ...recurrentLayers,
  ...wrapperLayers((className) => builtinLayers.find(({ classNames }) => classNames.includes(className))),
].map(withAffineForms);
