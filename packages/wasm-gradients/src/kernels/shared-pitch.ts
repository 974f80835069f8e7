import type { Tensor2D, Tensor4D, TensorFlow } from '../tensorflow.js';
import type { ConvolutionInfo } from './kernel-arguments.js';
import { padOrCrop } from './pad-or-crop.js';

/**
 * Input and output of a convolution laid out with the same number of columns and rows, one position after
 * another: then what a kernel position sees of the input is the output's positions, all shifted by the same
 * number.
 *
 * With strides there is one such layout of the input for each remainder of a position, its phase.
 */
export interface SharedPitch {
  /** Positions in all: batch x rows x columns. */
  readonly length: number;
  /** Positions less the largest shift: as many as can be shifted by any. */
  readonly used: number;
  /** For each kernel position, row by row. */
  readonly positions: readonly { readonly phase: number; readonly shift: number }[];
  readonly rows: number;
  readonly columns: number;
}

export function sharedPitch(info: ConvolutionInfo): SharedPitch {
  const steps = (size: number, dilation: number, stride: number) =>
    Array.from({ length: size }, (_, index) => ({
      phase: (index * dilation) % stride,
      shift: Math.floor((index * dilation) / stride),
    }));
  const down = steps(info.filterHeight, info.dilationHeight, info.strideHeight);
  const across = steps(info.filterWidth, info.dilationWidth, info.strideWidth);
  const rows = info.outHeight + down.at(-1)!.shift;
  const columns = info.outWidth + across.at(-1)!.shift;
  const positions = down.flatMap((row) =>
    across.map((column) => ({
      phase: column.phase * info.strideHeight + row.phase,
      shift: row.shift * columns + column.shift,
    })),
  );
  const length = info.batchSize * rows * columns;
  return { length, used: length - positions.at(-1)!.shift, positions, rows, columns };
}

/** The input's phases, each [positions, channels]. */
export function inputPhases(
  tf: TensorFlow,
  x: Tensor4D,
  info: ConvolutionInfo,
  { rows, columns, length }: SharedPitch,
): Tensor2D[] {
  const { strideHeight: down, strideWidth: across, inChannels, batchSize, padInfo } = info;
  const fitted = padOrCrop(
    tf,
    x,
    [padInfo.top, rows * down - padInfo.top - info.inHeight],
    [padInfo.left, columns * across - padInfo.left - info.inWidth],
  );
  if (down * across === 1) return [fitted.reshape([length, inChannels])];
  const phases = fitted
    .reshape([batchSize * rows, down, columns, across * inChannels])
    .transpose([1, 0, 2, 3])
    .reshape([down * length, across, inChannels])
    .transpose([1, 0, 2])
    .reshape([across * down, length, inChannels]);
  return phases.unstack() as Tensor2D[];
}

/** The output's gradient, [channels, used positions]; zero at positions that are none of the output's. */
export function outputColumns(
  tf: TensorFlow,
  dy: Tensor4D,
  { outHeight, outWidth, outChannels }: ConvolutionInfo,
  { rows, columns, length, used }: SharedPitch,
): Tensor2D {
  return padOrCrop(tf, dy, [0, rows - outHeight], [0, columns - outWidth])
    .reshape([length, outChannels])
    .slice([0, 0], [used, outChannels])
    .transpose();
}

/** The output's gradient where one kernel position sees it, [channels, positions]. */
export function shifted(
  tf: TensorFlow,
  columns: Tensor2D,
  shift: number,
  { length, used }: SharedPitch,
): Tensor2D {
  return tf.pad(columns, [
    [0, 0],
    [shift, length - used - shift],
  ]);
}
