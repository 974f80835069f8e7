import { type LayerDescription, type PatchGeometry, patchGeometry } from '@fuseinit/core';
import { requireChannelsLast, sizesOf, spatialOf, unsupported } from './config-values.js';

/** The window of a convolution or pooling layer: `sizeKey` names its kernel in the config. */
export function windowOf(
  layer: LayerDescription,
  rank: number,
  sizeKey: 'kernelSize' | 'poolSize',
): PatchGeometry {
  requireChannelsLast(layer);
  const { padding = 'valid' } = layer.config;
  if (padding !== 'same' && padding !== 'valid') {
    throw unsupported(layer, `its padding is ${JSON.stringify(padding)}; 'same' or 'valid' can be fused`);
  }
  const kernelSize = sizesOf(layer, sizeKey, rank);
  return patchGeometry({
    inputSize: spatialOf(layer),
    kernelSize,
    strides: sizesOf(layer, 'strides', rank, sizeKey === 'poolSize' ? kernelSize : kernelSize.map(() => 1)),
    dilationRate: sizesOf(
      layer,
      'dilationRate',
      rank,
      kernelSize.map(() => 1),
    ),
    padding,
  });
}
