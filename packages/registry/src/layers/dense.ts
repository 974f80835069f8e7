import { defineLayer, type LayerDescription, multiplyRows, patchGeometry, staticShape } from '@fuseinit/core';
import { withActivation } from './activations.js';
import { unsupported } from './config-values.js';

/**
 * A dense layer. On input of rank 3 or more (batch counted) it acts on the last axis: a 1-wide convolution,
 * not a flatten.
 */
export const dense = defineLayer({
  specVersion: 1,
  classNames: ['Dense'],
  roles: { begins: true, inside: true, ends: true },
  lower(layer) {
    const spatial = staticShape(layer).slice(0, -1);
    if (spatial.length === 0) return { reads: 'everything' };
    if (spatial.length > 2) {
      throw unsupported(
        layer,
        `its input [${layer.inputShape}] has ${spatial.length} axes beside the last; 2 can be fused`,
      );
    }
    return {
      reads: 'window',
      geometry: patchGeometry({ inputSize: spatial, kernelSize: spatial.map(() => 1) }),
    };
  },
  outputShape: (layer) => [...staticShape(layer).slice(0, -1), unitsOf(layer)],
  apply(layer, input) {
    const [kernel, bias] = layer.weights;
    return withActivation(layer, multiplyRows(input, kernel!, bias));
  },
});

function unitsOf(layer: LayerDescription): number {
  return Number(layer.config.units);
}
