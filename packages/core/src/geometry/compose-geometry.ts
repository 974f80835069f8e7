import { FuseInitError } from '../errors/fuse-init-error.js';
import { dilatedSize, type PatchGeometry, trailing } from './patch-geometry.js';

/**
 * The geometry of two windows in a row as one: the full receptive field of the second, seen from the first's input.
 *
 * Per axis, `K = K1 + S1 (k2 - 1) d2`, `S = S1 S2`, `before = before1 + S1 before2`, and `after` from the output
 * length. The composed kernel has no holes, but for an axis on which one of the two windows is a single position.
 *
 * Source: docs/math.md, section 2.
 *
 * @throws SHAPE_MISMATCH when the second doesn't read what the first writes.
 */
export function composeGeometry(first: PatchGeometry, second: PatchGeometry): PatchGeometry {
  if (first.outputSize.join() !== second.inputSize.join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The second window reads [${second.inputSize}], but the first writes [${first.outputSize}].`,
    );
  }
  const strides = first.strides.map((stride, axis) => stride * second.strides[axis]!);
  // TensorFlow has no convolution that is both strided and dilated: then the holes are filled.
  const mayKeepHoles = strides.every((stride) => stride === 1);
  const axes = first.inputSize.map((length, axis) => {
    const { extent: firstExtent, dilation: firstDilation } = extentOf(first, axis);
    const { extent: secondExtent, dilation: secondDilation } = extentOf(second, axis);
    const stride = first.strides[axis]!;
    const extent = firstExtent + stride * (secondExtent - 1);
    const holes = secondExtent === 1 ? firstDilation : firstExtent === 1 ? secondDilation : 1;
    const dilation = mayKeepHoles ? holes : 1;
    const before = first.padding[axis]![0] + stride * second.padding[axis]![0];
    const after = trailing(second.outputSize[axis]!, strides[axis]!, extent, length, before);
    return { kernel: (extent - 1) / dilation + 1, dilation, padding: [before, after] as const };
  });
  return {
    inputSize: first.inputSize,
    outputSize: second.outputSize,
    kernelSize: axes.map(({ kernel }) => kernel),
    strides,
    dilationRate: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ padding }) => padding),
  };
}

function extentOf(geometry: PatchGeometry, axis: number): { extent: number; dilation: number } {
  const dilation = geometry.dilationRate[axis]!;
  return { extent: dilatedSize(geometry.kernelSize[axis]!, dilation), dilation };
}
