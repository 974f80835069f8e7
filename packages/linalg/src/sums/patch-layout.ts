import type { WindowAxis } from './patch-geometry.js';

/** A convolution's window and its channels. */
export interface PatchLayout {
  readonly rows: WindowAxis;
  readonly columns: WindowAxis;
  readonly channels: number;
  readonly outFeatures: number;
}

/** Sizes that follow from a layout. */
export function patchSizes({ rows, columns, channels, outFeatures }: PatchLayout) {
  const pixels = rows.inputSize * columns.inputSize;
  const positions = rows.outputSize * columns.outputSize;
  const taps = rows.kernelSize * columns.kernelSize;
  return {
    pixels,
    positions,
    taps,
    patchSize: taps * channels,
    paddedChannels: Math.ceil(channels / 8) * 8,
    paddedFeatures: Math.ceil(outFeatures / 8) * 8,
  };
}
