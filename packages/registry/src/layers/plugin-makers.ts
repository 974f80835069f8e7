import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type NdArray,
  staticShape,
  type WeightedLayer,
} from '@fuseinit/core';
import { unsupported } from './config-values.js';

/**
 * Makes the plugin of a layer that acts on each position alone and keeps the shape of its input.
 *
 * @param require Throws LAYER_UNSUPPORTED for a config with which the layer mixes positions.
 * @param ends Whether the layer may end a span, since its output is affine in its input.
 */
export function elementPlugin(
  classNames: readonly string[],
  apply: (layer: WeightedLayer, input: NdArray) => NdArray,
  require: (layer: LayerDescription) => void = () => {},
  { ends = false }: { readonly ends?: boolean } = {},
): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames,
    roles: { begins: false, inside: true, ends },
    lower(layer) {
      require(layer);
      return { reads: 'element' };
    },
    outputShape: staticShape,
    apply,
  });
}

/** The roles of a layer that can't be part of a span. */
export const nowhere = { begins: false, inside: false, ends: false };

/**
 * Makes the plugin of a layer that can be interpreted but not be part of a span.
 *
 * @param reason The reason, which continues the phrase 'can't be fused: '.
 */
export function unfusiblePlugin(
  classNames: readonly string[],
  reason: string,
  functions: Pick<LayerPlugin, 'apply' | 'makeMask'> = {},
): LayerPlugin {
  const refuse = (layer: LayerDescription): never => {
    throw unsupported(layer, reason);
  };
  return defineLayer({
    specVersion: 1,
    classNames,
    roles: nowhere,
    lower: refuse,
    outputShape: refuse,
    ...functions,
  });
}
