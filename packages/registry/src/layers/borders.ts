import {
  defineLayer,
  extractPatches,
  inWords,
  type LayerDescription,
  type LayerPlugin,
  patchGeometry,
  reshape,
} from '@fuseinit/core';
import { channelsOf, requireChannelsLast, spatialOf, unsupported } from './config-values.js';
import { withChannelsLast } from './windows.js';

/** Makes the plugin of a layer that pads with zeros (sign 1) or crops (sign -1): a window of one position. */
function borderPlugin(className: string, key: 'padding' | 'cropping', sign: 1 | -1): LayerPlugin {
  const geometryOf = (layer: LayerDescription) => {
    const borders = bordersOf(layer, key);
    return patchGeometry({
      inputSize: spatialOf(layer),
      kernelSize: spatialOf(layer).map(() => 1),
      padding: borders.map(([before, after]) => [sign * before, sign * after] as const),
    });
  };
  const outputShape = (layer: LayerDescription) => [...geometryOf(layer).outputSize, channelsOf(layer)];
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: { begins: false, inside: true, ends: false },
    lower(layer) {
      requireChannelsLast(layer);
      return { reads: 'window', geometry: geometryOf(layer) };
    },
    outputShape,
    apply: (layer, input) =>
      withChannelsLast(layer, input, (last, image) =>
        reshape(extractPatches(image, geometryOf(last)), [image.shape[0]!, ...outputShape(last)]),
      ),
  });
}

/** Returns `[[top, bottom], [left, right]]` from a number, a pair or that. */
function bordersOf(
  layer: LayerDescription,
  key: 'padding' | 'cropping',
): readonly (readonly [number, number])[] {
  const value = layer.config[key] ?? (key === 'padding' ? 1 : 0);
  const axes: unknown = typeof value === 'number' ? [value, value] : value;
  const borders = Array.isArray(axes)
    ? axes.map((axis) => (typeof axis === 'number' ? [axis, axis] : axis))
    : [];
  if (borders.length === 2 && borders.every(isBorder)) return borders;
  throw unsupported(
    layer,
    `its ${key} is ${inWords(value)}, where [[top, bottom], [left, right]] in positions was expected`,
  );
}

function isBorder(value: unknown): value is readonly [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((positions) => Number.isInteger(positions) && positions >= 0)
  );
}

/** Layers that add zeros around an image or cut off its borders. */
export const borderLayers: readonly LayerPlugin[] = [
  borderPlugin('ZeroPadding2D', 'padding', 1),
  borderPlugin('Cropping2D', 'cropping', -1),
];
