import { FuseInitError, inWords, type LayerDescription, staticShape } from '@fuseinit/core';

/**
 * One length or step an axis from a config entry: a number stands for every axis.
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

/** The channels of a layer's input: the length of the last axis. */
export function channelsOf(layer: LayerDescription): number {
  return staticShape(layer).at(-1)!;
}

/** The spatial lengths of a layer's input: all axes but the last. */
export function spatialOf(layer: LayerDescription): number[] {
  return staticShape(layer).slice(0, -1);
}

/**
 * Refuses a layout of channels first by name: fused layers are channelsLast, as every TensorFlow.js backend is.
 *
 * @throws LAYER_UNSUPPORTED for `dataFormat: 'channelsFirst'`.
 */
export function requireChannelsLast(layer: LayerDescription): void {
  if (layer.config.dataFormat === 'channelsFirst') {
    throw unsupported(layer, "its dataFormat is 'channelsFirst'; convert the model to 'channelsLast'");
  }
}

/** The error of a config that fusion can't honour, named. */
export function unsupported(layer: LayerDescription, reason: string): FuseInitError {
  return new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(layer.name)} (${layer.className}) can't be fused: ${reason}.`,
    { layerName: layer.name },
  );
}
