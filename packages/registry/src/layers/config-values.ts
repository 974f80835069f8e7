import { FuseInitError, inWords, type LayerDescription, staticShape } from '@fuseinit/core';

/**
 * One length or step for each axis from an entry of a layer's config, in which a single number applies to
 * every axis.
 *
 * @throws LAYER_UNSUPPORTED when the entry is neither a positive integer nor a list of that many.
 */
export function sizesOf(
  layer: LayerDescription,
  key: string,
  rank: number,
  fallback?: readonly number[],
): number[] {
  const value = layer.config[key] ?? fallback;
  const sizes: unknown = typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
  if (
    Array.isArray(sizes) &&
    sizes.length === rank &&
    sizes.every((size) => Number.isInteger(size) && size > 0)
  ) {
    return sizes;
  }
  throw unsupported(layer, `its ${key} is ${inWords(value)}, where ${rank} positive integers were expected`);
}

/** Returns the channels of a layer's input: the length of its last axis. */
export function channelsOf(layer: LayerDescription): number {
  return staticShape(layer).at(-1)!;
}

/** Returns the spatial lengths of a layer's input: all axes but the last. */
export function spatialOf(layer: LayerDescription): number[] {
  return staticShape(layer).slice(0, -1);
}

/**
 * Refuses a layout of channels first by name: fused layers are channelsLast, as every TensorFlow.js backend
 * is.
 *
 * @throws LAYER_UNSUPPORTED for `dataFormat: 'channelsFirst'`.
 */
export function requireChannelsLast(layer: LayerDescription): void {
  if (layer.config.dataFormat === 'channelsFirst') {
    throw unsupported(layer, "its dataFormat is 'channelsFirst'; convert the model to 'channelsLast'");
  }
}

/**
 * Refuses an `axis` other than the last, which would mix positions.
 *
 * @param fallback The axis that the class takes where its config names none; the batch counts as an axis.
 * @throws LAYER_UNSUPPORTED with the axis named.
 */
export function requireLastAxis(layer: LayerDescription, fallback = -1): void {
  const axis = layer.config.axis ?? fallback;
  const only = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  // The batch counts as an axis, but is not part of inputShape.
  if (only !== -1 && only !== layer.inputShape.length) {
    throw unsupported(layer, `its axis is ${JSON.stringify(axis)}; the last axis can be fused`);
  }
}

/** Returns the error for a layer that can't be fused. The reason continues the phrase 'can't be fused: '. */
export function unsupported(layer: LayerDescription, reason: string): FuseInitError {
  return new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(layer.name)} (${layer.className}) can't be fused: ${reason}.`,
    { layerName: layer.name },
  );
}
