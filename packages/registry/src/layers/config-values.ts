import { FuseInitError, type LayerDescription } from '@fuseinit/core';

/**
 * One number an axis from a config entry: a number stands for every axis.
 *
 * @throws LAYER_UNSUPPORTED when the entry is neither a number nor a list of that length.
 */
export function sizesOf(
  layer: LayerDescription,
  key: string,
  rank: number,
  fallback?: readonly number[],
): number[] {
  const value = layer.config[key] ?? fallback;
  if (typeof value === 'number') return Array.from({ length: rank }, () => value);
  if (Array.isArray(value) && value.length === rank && value.every((entry) => typeof entry === 'number')) {
    return value;
  }
  throw unsupported(layer, `its ${key} is ${JSON.stringify(value)}, where ${rank} numbers were expected`);
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
 * The shape of a sample with every length known.
 *
 * @throws LAYER_UNSUPPORTED where the model leaves a length open.
 */
export function staticShape(layer: LayerDescription): number[] {
  return layer.inputShape.map((length) => {
    if (length === null) {
      throw unsupported(
        layer,
        `its input shape [${layer.inputShape.map(String)}] leaves a length open; build the model with fixed lengths to fuse here`,
      );
    }
    return length;
  });
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
