import type { NdArray } from '@fuseinit/core';
import { at, build, forEachIndex, type Index } from './arrays.js';

/** How a window slides, in the words of a layer's config; one entry for each spatial axis, of which there may be three. */
export interface SlidingWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: 'same' | 'valid';
}

interface SlidingAxis {
  readonly outputLength: number;
  /** Positions before the input that the first window covers. */
  readonly before: number;
}

/** TensorFlow's 'same' gives ceil(length / stride) positions, and pads one more after than before where that is odd. */
function slidingAxis(length: number, axis: number, window: SlidingWindow): SlidingAxis {
  const stride = window.strides[axis]!;
  const extent = (window.size[axis]! - 1) * window.dilationRate[axis]! + 1;
  if (window.padding === 'valid') {
    return { outputLength: Math.floor((length - extent) / stride) + 1, before: 0 };
  }
  const outputLength = Math.ceil(length / stride);
  const padding = Math.max((outputLength - 1) * stride + extent - length, 0);
  return { outputLength, before: Math.floor(padding / 2) };
}

interface Positions {
  readonly outputSize: readonly number[];
  /** Calls with each place in the window and the position of the input there, where that isn't in the padding. */
  covered(output: Index, visit: (place: Index, input: Index) => void): void;
}

function positionsOf(inputSize: readonly number[], window: SlidingWindow): Positions {
  const axes = inputSize.map((length, axis) => slidingAxis(length, axis, window));
  return {
    outputSize: axes.map(({ outputLength }) => outputLength),
    covered: (output, visit) =>
      forEachIndex(window.size, (place) => {
        const input = place.map(
          (offset, axis) =>
            output[axis]! * window.strides[axis]! + offset * window.dilationRate[axis]! - axes[axis]!.before,
        );
        if (input.every((position, axis) => position >= 0 && position < inputSize[axis]!))
          visit(place, input);
      }),
  };
}

const spaceOf = ({ shape }: NdArray) => shape.slice(1, -1);

/** `input` [batch, ...space, channels], `kernel` [...window, channels, filters]. */
export function convolve(input: NdArray, kernel: NdArray, window: SlidingWindow): NdArray {
  const { outputSize, covered } = positionsOf(spaceOf(input), window);
  const channels = input.shape.at(-1)!;
  return build([input.shape[0]!, ...outputSize, kernel.shape.at(-1)!], (index) => {
    let sum = 0;
    covered(index.slice(1, -1), (place, position) => {
      for (let channel = 0; channel < channels; channel++) {
        sum += at(input, [index[0]!, ...position, channel]) * at(kernel, [...place, channel, index.at(-1)!]);
      }
    });
    return sum;
  });
}

/** `kernel` [...window, channels, multiplier]: the outputs of one channel stand side by side. */
export function convolveDepthwise(input: NdArray, kernel: NdArray, window: SlidingWindow): NdArray {
  const { outputSize, covered } = positionsOf(spaceOf(input), window);
  const multiplier = kernel.shape.at(-1)!;
  const channels = input.shape.at(-1)! * multiplier;
  return build([input.shape[0]!, ...outputSize, channels], (index) => {
    const channel = Math.floor(index.at(-1)! / multiplier);
    let sum = 0;
    covered(index.slice(1, -1), (place, position) => {
      sum +=
        at(input, [index[0]!, ...position, channel]) *
        at(kernel, [...place, channel, index.at(-1)! % multiplier]);
    });
    return sum;
  });
}

/**
 * The transposed convolution, `kernel` [...window, filters, channels]: each input adds to the outputs from which the
 * convolution of the same window would read it.
 */
export function convolveTransposed(input: NdArray, kernel: NdArray, window: SlidingWindow): NdArray {
  const outputSize = spaceOf(input).map((length, axis) => {
    const stride = window.strides[axis]!;
    const surplus = window.padding === 'valid' ? Math.max(window.size[axis]! - stride, 0) : 0;
    return length * stride + surplus;
  });
  const { covered } = positionsOf(outputSize, window);
  const filters = kernel.shape.at(-2)!;
  const channels = input.shape.at(-1)!;
  const output = build([input.shape[0]!, ...outputSize, filters], () => 0);
  const positionOf = (index: Index) =>
    index.reduce((position, value, axis) => position * output.shape[axis]! + value, 0);
  forEachIndex(input.shape.slice(0, -1), ([sample, ...from]) => {
    covered(from, (place, to) => {
      for (let filter = 0; filter < filters; filter++) {
        for (let channel = 0; channel < channels; channel++) {
          output.data[positionOf([sample!, ...to, filter])]! +=
            at(input, [sample!, ...from, channel]) * at(kernel, [...place, filter, channel]);
        }
      }
    });
  });
  return output;
}

/** The largest value or the mean of each window; what is padding doesn't count. */
export function pool(input: NdArray, window: SlidingWindow, kind: 'max' | 'average'): NdArray {
  const { outputSize, covered } = positionsOf(spaceOf(input), window);
  return build([input.shape[0]!, ...outputSize, input.shape.at(-1)!], (index) => {
    const values: number[] = [];
    covered(index.slice(1, -1), (_, position) => {
      values.push(at(input, [index[0]!, ...position, index.at(-1)!]));
    });
    return kind === 'max'
      ? Math.max(...values)
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
