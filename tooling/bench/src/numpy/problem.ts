import type { PatchGeometry } from '@fuseinit/core';

/** Inputs and targets that an affine map is solved for. */
export interface Problem {
  /** [count, inputs]; with a geometry [count, ...inputSize, channels]. */
  readonly inputs: Float32Array;
  /** [count, targets]; with a geometry [count, ...outputSize, targets]. */
  readonly targets: Float32Array;
  /** Samples. */
  readonly count: number;
  /** Inputs of the map: the patch's size. */
  readonly inputSize: number;
  readonly targetSize: number;
  /** The patches of images, or null where each sample is a row. */
  readonly window: { readonly geometry: PatchGeometry; readonly channels: number } | null;
}

/** Rows that the map is solved on: samples, or the positions of all images. */
export function rowCount({ count, window }: Problem): number {
  return window ? count * window.geometry.outputSize.reduce((product, size) => product * size, 1) : count;
}
