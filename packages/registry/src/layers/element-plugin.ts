import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type NdArray,
  staticShape,
  type WeightedLayer,
} from '@fuseinit/core';
import { unsupported } from './config-values.js';

/** The plugin of a layer that keeps positions apart and its shape; `require` refuses configs by name. */
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

/**
 * Refuses an `axis` other than the last, which would mix positions.
 *
 * @throws LAYER_UNSUPPORTED with the axis named.
 */
export function requireLastAxis(layer: LayerDescription): void {
  const { axis = -1 } = layer.config;
  const only = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  // The batch counts as an axis, but is not part of inputShape.
  if (only !== -1 && only !== null && only !== layer.inputShape.length) {
    throw unsupported(layer, `its axis is ${JSON.stringify(axis)}; the last axis can be fused`);
  }
}
