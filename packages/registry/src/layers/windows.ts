import {
  type LayerDescription,
  type NdArray,
  type PatchGeometry,
  patchGeometry,
  type WeightedLayer,
} from '@fuseinit/core';
import { channelsToFirst, channelsToLast } from './arrays.js';
import { requireChannelsLast, sizesOf, spatialOf, unsupported } from './config-values.js';

/** The entry of a layer's config that holds the lengths of its window. */
export type SizeKey = 'kernelSize' | 'poolSize';

/**
 * The window of a convolution or pooling layer with its channels last, on one to three spatial axes.
 *
 * @param inputSize The spatial lengths that the window slides over, by default those of the layer's input.
 * @throws LAYER_UNSUPPORTED when tfjs-layers doesn't accept an entry of the config.
 */
export function windowOf(
  layer: LayerDescription,
  rank: number,
  sizeKey: SizeKey,
  inputSize: readonly number[] = spatialOf(layer),
): PatchGeometry {
  const { padding = 'valid' } = layer.config;
  if (padding !== 'same' && padding !== 'valid') {
    throw unsupported(layer, `its padding is ${JSON.stringify(padding)}; 'same' or 'valid' can be fused`);
  }
  const isPooling = sizeKey === 'poolSize';
  const ones = Array.from({ length: rank }, () => 1);
  const kernelSize = sizesOf(layer, sizeKey, rank, isPooling ? ones.map(() => 2) : undefined);
  const strides = sizesOf(layer, 'strides', rank, isPooling ? kernelSize : ones);
  const dilationRate = sizesOf(layer, 'dilationRate', rank, ones);
  if (inputSize.length !== rank) {
    throw unsupported(
      layer,
      `its input [${layer.inputShape}] has ${inputSize.length} spatial axes, where ${rank} were expected`,
    );
  }
  // Axes don't depend on each other, and patchGeometry takes no more than two at a time.
  const axes = inputSize.map((length, axis) =>
    patchGeometry({
      inputSize: [length],
      kernelSize: [kernelSize[axis]!],
      strides: [strides[axis]!],
      dilationRate: [dilationRate[axis]!],
      padding,
    }),
  );
  return {
    inputSize: axes.flatMap((axis) => axis.inputSize),
    outputSize: axes.flatMap((axis) => axis.outputSize),
    kernelSize,
    strides,
    dilationRate,
    padding: axes.flatMap((axis) => axis.padding),
  };
}

/**
 * Returns the window of a layer that is to be fused.
 *
 * @throws LAYER_UNSUPPORTED as {@link windowOf}, for channels first and for three spatial axes.
 */
export function fusibleWindowOf(layer: LayerDescription, rank: number, sizeKey: SizeKey): PatchGeometry {
  requireChannelsLast(layer);
  if (rank > 2) throw unsupported(layer, `its window slides over ${rank} axes; 1 or 2 can be fused`);
  return windowOf(layer, rank, sizeKey);
}

/**
 * Runs a computation with the channels last, whatever the layer's data format is; the output is in the
 * layer's format.
 */
export function withChannelsLast<Layer extends WeightedLayer>(
  layer: Layer,
  input: NdArray,
  compute: (layer: Layer, input: NdArray) => NdArray,
): NdArray {
  if (layer.config.dataFormat !== 'channelsFirst') return compute(layer, input);
  const last = channelsToLast(input);
  return channelsToFirst(compute({ ...layer, inputShape: last.shape.slice(1) }, last));
}
