import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type NdArray,
  staticShape,
  type WeightedLayer,
} from '@fuseinit/core';

/**
 * Makes the plugin of a layer that keeps positions apart and the shape of its input.
 *
 * @param require Throws LAYER_UNSUPPORTED for a config with which the layer doesn't keep positions apart.
 */
export function elementPlugin(
  classNames: readonly string[],
  apply: (layer: WeightedLayer, input: NdArray) => NdArray,
  require: (layer: LayerDescription) => void = () => {},
): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames,
    roles: { begins: false, inside: true, ends: false },
    lower(layer) {
      require(layer);
      return { reads: 'element' };
    },
    outputShape: staticShape,
    apply,
  });
}
