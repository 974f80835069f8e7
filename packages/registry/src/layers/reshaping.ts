import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type NdArray,
  reshape,
  sizeOf,
  staticShape,
  type WeightedLayer,
} from '@fuseinit/core';
import { channelsToLast, stack, transpose } from './arrays.js';
import { requireChannelsLast, unsupported } from './config-values.js';

/**
 * Makes the plugin of a layer that rearranges the numbers of its input, such that each may move to any
 * position.
 */
function reshapingPlugin(
  className: string,
  outputShape: (layer: LayerDescription) => readonly number[],
  apply: (layer: WeightedLayer, input: NdArray) => NdArray,
): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: false, inside: true, ends: false },
    lower(layer) {
      requireChannelsLast(layer);
      return { reads: 'everything' };
    },
    outputShape,
    apply,
  });
}

/**
 * Returns the target shape of a Reshape, with its unknown length, if any, computed.
 *
 * @throws LAYER_UNSUPPORTED where the numbers of the input don't fill it.
 */
function targetShapeOf(layer: LayerDescription): number[] {
  const target = layer.config.targetShape as readonly (number | null)[];
  const isUnknown = (length: number | null) => length === null || length < 0;
  const known = sizeOf(target.map((length) => (isUnknown(length) ? 1 : length!)));
  const shape = target.map((length) => (isUnknown(length) ? sizeOf(staticShape(layer)) / known : length!));
  if (sizeOf(shape) === sizeOf(staticShape(layer)) && shape.every(Number.isInteger)) return shape;
  throw unsupported(layer, `its targetShape [${target}] doesn't hold an input of [${layer.inputShape}]`);
}

const axesOf = ({ config }: LayerDescription) => config.dims as readonly number[];

/** Layers that move numbers without changing them. */
export const reshapingLayers: readonly LayerPlugin[] = [
  reshapingPlugin(
    'Flatten',
    (layer) => [sizeOf(staticShape(layer))],
    ({ config }, input) => {
      const last = config.dataFormat === 'channelsFirst' ? channelsToLast(input) : input;
      return reshape(last, [input.shape[0]!, sizeOf(input.shape.slice(1))]);
    },
  ),
  reshapingPlugin('Reshape', targetShapeOf, (layer, input) =>
    reshape(input, [input.shape[0]!, ...targetShapeOf(layer)]),
  ),
  reshapingPlugin(
    'Permute',
    // The batch counts as axis 0.
    (layer) => axesOf(layer).map((axis) => staticShape(layer)[axis - 1]!),
    (layer, input) => transpose(input, [0, ...axesOf(layer)]),
  ),
  reshapingPlugin(
    'RepeatVector',
    (layer) => [Number(layer.config.n), ...staticShape(layer)],
    ({ config }, input) =>
      stack(
        Array.from({ length: Number(config.n) }, () => input),
        1,
      ),
  ),
];
