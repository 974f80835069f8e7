import type { PatchGeometry } from '@fuseinit/core';

/** A window over two spatial axes, rows first. */
export interface Window2d {
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilationRate: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/** The window of an input that is read as a whole, at one position. */
export const pointWindow: Window2d = {
  inputSize: [1, 1],
  outputSize: [1, 1],
  kernelSize: [1, 1],
  strides: [1, 1],
  dilationRate: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
};

/**
 * Expresses a geometry with two axes. A 1-D geometry becomes one column, since batches are split between
 * rows.
 */
export function inTwoAxes(geometry: PatchGeometry): Window2d {
  const pair = <T>(values: readonly T[], missing: T): readonly [T, T] => {
    const [first, second = missing] = values as readonly [T, T?];
    return [first, second];
  };
  return {
    inputSize: pair(geometry.inputSize, 1),
    outputSize: pair(geometry.outputSize, 1),
    kernelSize: pair(geometry.kernelSize, 1),
    strides: pair(geometry.strides, 1),
    dilationRate: pair(geometry.dilationRate, 1),
    padding: pair<readonly [number, number]>(geometry.padding, [0, 0]),
  };
}
