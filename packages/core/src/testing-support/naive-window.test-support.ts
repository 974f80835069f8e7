import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';

/** Reads one position of a window in one channel; undefined in the padding. */
export type Read = (tapRow: number, tapColumn: number, channel: number) => number | undefined;

/**
 * Visits every sample and output position in row-major order, by the definition of a window: 1-D data are
 * treated as 2-D with an axis of length 1. It is written independently of core's patch offsets, which it is
 * used to test.
 */
export function eachWindow(input: NdArray, geometry: PatchGeometry, visit: (read: Read) => void): void {
  const [batch = 0] = input.shape;
  const channels = input.shape.at(-1)!;
  const isFlat = geometry.inputSize.length === 1;
  const pair = (values: readonly number[], missing: number): [number, number] =>
    isFlat ? [missing, values[0]!] : [values[0]!, values[1]!];
  const [height, width] = pair(geometry.inputSize, 1);
  const [outHeight, outWidth] = pair(geometry.outputSize, 1);
  const [strideY, strideX] = pair(geometry.strides, 1);
  const [dilationY, dilationX] = pair(geometry.dilationRate, 1);
  const [top, left] = pair(
    geometry.padding.map(([before]) => before),
    0,
  );
  for (let sample = 0; sample < batch; sample++) {
    for (let outY = 0; outY < outHeight; outY++) {
      for (let outX = 0; outX < outWidth; outX++) {
        visit((tapRow, tapColumn, channel) => {
          const y = outY * strideY + tapRow * dilationY - top;
          const x = outX * strideX + tapColumn * dilationX - left;
          if (y < 0 || x < 0 || y >= height || x >= width) return undefined;
          return input.data[((sample * height + y) * width + x) * channels + channel]!;
        });
      }
    }
  }
}

/** The positions of the kernel in row-major order; a 1-D kernel is a single row. */
export function taps(geometry: PatchGeometry): [row: number, column: number][] {
  const [height, width] =
    geometry.kernelSize.length === 1
      ? [1, geometry.kernelSize[0]!]
      : [geometry.kernelSize[0]!, geometry.kernelSize[1]!];
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}

/** A convolution by its definition: `kernel` [...kernelSize, inChannels, filters]. */
export function naiveConvolve(
  input: NdArray,
  kernel: NdArray,
  bias: NdArray,
  geometry: PatchGeometry,
): NdArray {
  const [inChannels = 0, filters = 0] = kernel.shape.slice(-2);
  const output: number[] = [];
  eachWindow(input, geometry, (read) => {
    for (let filter = 0; filter < filters; filter++) {
      let sum = bias.data[filter]!;
      taps(geometry).forEach(([row, column], tap) => {
        for (let channel = 0; channel < inChannels; channel++) {
          sum +=
            (read(row, column, channel) ?? 0) * kernel.data[(tap * inChannels + channel) * filters + filter]!;
        }
      });
      output.push(sum);
    }
  });
  return { shape: [input.shape[0]!, ...geometry.outputSize, filters], data: Float64Array.from(output) };
}
