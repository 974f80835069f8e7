import type { PatchGeometry } from '@fuseinit/core';
import type { Rows } from './columns.js';

/** A convolution's window and its channels. */
export interface PatchWindow {
  readonly rows: WindowAxis;
  readonly columns: WindowAxis;
  readonly channels: number;
  readonly outFeatures: number;
}

/** Sizes that follow from a layout. */
export function windowSizes({ rows, columns, channels, outFeatures }: PatchWindow) {
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

/** A window on one axis. */
export interface WindowAxis {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A geometry as rows and columns; a 1-D one is a single row. */
export function windowAxes(geometry: PatchGeometry): readonly [rows: WindowAxis, columns: WindowAxis] {
  const axes = geometry.inputSize.map((inputSize, axis) => ({
    inputSize,
    outputSize: geometry.outputSize[axis]!,
    kernelSize: geometry.kernelSize[axis]!,
    stride: geometry.strides[axis]!,
    dilation: geometry.dilationRate[axis]!,
    before: geometry.padding[axis]![0],
  }));
  const single = { inputSize: 1, outputSize: 1, kernelSize: 1, stride: 1, dilation: 1, before: 0 };
  return axes.length === 1 ? [single, axes[0]!] : [axes[0]!, axes[1]!];
}

/** The input position that a tap reads at an output position; -1 outside the input. */
export function positionRead(axis: WindowAxis, output: number, tap: number): number {
  const at = output * axis.stride + tap * axis.dilation - axis.before;
  return at >= 0 && at < axis.inputSize ? at : -1;
}

/** For each output position and each tap, in that order, the pixel that is read; -1 for padding. */
export function tapOffsets({ rows, columns }: PatchWindow): Int32Array {
  const offsets: number[] = [];
  for (let row = 0; row < rows.outputSize; row++) {
    for (let column = 0; column < columns.outputSize; column++) {
      for (let down = 0; down < rows.kernelSize; down++) {
        for (let across = 0; across < columns.kernelSize; across++) {
          const y = positionRead(rows, row, down);
          const x = positionRead(columns, column, across);
          offsets.push(y < 0 || x < 0 ? -1 : y * columns.inputSize + x);
        }
      }
    }
  }
  return Int32Array.from(offsets);
}

/**
 * The shift of each number of a patch, [patchSize], from the shift of each channel: zero where a tap reads
 * nothing but padding, which then is a column of exact zeros.
 */
export function tapShifts(layout: PatchWindow, shift: Float32Array): Float32Array {
  const { channels } = layout;
  const { taps, patchSize } = windowSizes(layout);
  const shifts = new Float32Array(patchSize);
  for (const [at, pixel] of tapOffsets(layout).entries())
    if (pixel >= 0) shifts.set(shift, (at % taps) * channels);
  return shifts;
}

/**
 * The patches of images [samples, pixels, channels] as rows [samples * positions, patchSize], each written
 * when asked for.
 */
export function patchView(layout: PatchWindow): (images: Float32Array) => Rows {
  const { channels } = layout;
  const { pixels, positions, taps, patchSize } = windowSizes(layout);
  const offsets = tapOffsets(layout);
  const patch = new Float32Array(patchSize);
  return (images) => ({
    count: (images.length / (pixels * channels)) * positions,
    columns: patchSize,
    row(index) {
      const image = Math.floor(index / positions) * pixels;
      const first = (index % positions) * taps;
      for (let tap = 0; tap < taps; tap++) {
        const pixel = offsets[first + tap]!;
        const from = (image + pixel) * channels;
        for (let channel = 0; channel < channels; channel++)
          patch[tap * channels + channel] = pixel < 0 ? 0 : images[from + channel]!;
      }
      return patch;
    },
  });
}
