import { type PatchGeometry, patchGeometry } from '@fuseinit/core';
import { unusedName } from '../graph/unused-name.js';
import type { SymbolicTensor, TensorFlow } from '../tensorflow.js';

/** How stock layers read the patches of a geometry. */
export interface PaddedInput {
  /** The input, padded and cropped by layers where the convolution itself can't. */
  readonly input: SymbolicTensor;
  readonly padding: 'same' | 'valid';
}

/**
 * 'same' or 'valid' where that is exactly the geometry's padding; else Cropping and ZeroPadding layers before a 'valid'
 * convolution.
 *
 * 'same' is never used where windows leave the end of the input unread, since some backends of TensorFlow.js compute
 * that wrongly (see kernel-faults.ts), and a student runs on all of them.
 *
 * tfjs pads in 2-D alone: a 1-D input is reshaped to one column and back.
 */
export function padForGeometry(
  tf: TensorFlow,
  input: SymbolicTensor,
  geometry: PatchGeometry,
  name: string,
  taken: ReadonlySet<string> = new Set(),
): PaddedInput {
  for (const padding of ['valid', 'same'] as const) {
    if (readsSamePatches(geometry, padding)) return { input, padding };
  }
  const crop = geometry.padding.map(
    ([before, after]) => [Math.max(0, -before), Math.max(0, -after)] as const,
  );
  const pad = geometry.padding.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  const is1d = geometry.inputSize.length === 1;
  const channels = input.shape.at(-1)!;
  const nameOf = (what: string) => unusedName(`${name}_${what}`, taken);
  let padded = input;
  if (is1d)
    padded = apply(
      tf.layers.reshape({ name: nameOf('column'), targetShape: [input.shape[1]!, 1, channels] }),
      padded,
    );
  if (crop.some(isNonzero)) {
    padded = apply(tf.layers.cropping2D({ name: nameOf('crop'), cropping: twoAxes(crop) }), padded);
  }
  if (pad.some(isNonzero)) {
    padded = apply(tf.layers.zeroPadding2d({ name: nameOf('pad'), padding: twoAxes(pad) }), padded);
  }
  if (is1d)
    padded = apply(
      tf.layers.reshape({ name: nameOf('row'), targetShape: [padded.shape[1]!, channels] }),
      padded,
    );
  return { input: padded, padding: 'valid' };
}

function readsSamePatches(geometry: PatchGeometry, padding: 'same' | 'valid'): boolean {
  const { inputSize, kernelSize, strides, dilationRate } = geometry;
  if (
    kernelSize.some(
      (size, axis) => padding === 'valid' && (size - 1) * dilationRate[axis]! >= inputSize[axis]!,
    )
  ) {
    return false;
  }
  if (padding === 'same' && geometry.padding.some(([, after]) => after < 0)) return false;
  const stock = patchGeometry({ inputSize, kernelSize, strides, dilationRate, padding });
  return (
    stock.outputSize.join() === geometry.outputSize.join() && stock.padding.join() === geometry.padding.join()
  );
}

function isNonzero([before, after]: readonly [number, number]): boolean {
  return before > 0 || after > 0;
}

function twoAxes(borders: readonly (readonly [number, number])[]): [[number, number], [number, number]] {
  const [first, second = [0, 0]] = borders;
  return [[...first!], [...second]];
}

function apply(layer: { apply(input: SymbolicTensor): unknown }, input: SymbolicTensor): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor;
}
