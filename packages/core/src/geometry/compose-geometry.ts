import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import { dilatedSize, isSizes, type PatchGeometry, trailing } from './patch-geometry.js';

/**
 * Composes the geometries of two consecutive windows: the full receptive field of the second on the first's
 * input.
 *
 * Per axis, `K = K1 + S1 (k2 - 1) d2`, `S = S1 S2`, `before = before1 + S1 before2`, and `after` from the
 * output length. The composed kernel has no holes, except along an axis on which one of the two windows is a
 * single position.
 *
 * Source: docs/math.md, section 2.
 *
 * @throws SHAPE_MISMATCH when the second's input size is not the first's output size.
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

/**
 * The smallest window that covers two windows, for branches of a network that start at one tensor and meet in
 * another.
 *
 * Per axis the union begins where the first of the two begins and ends where the last one ends. It has holes
 * where both leave out the same positions and neither has strides.
 *
 * Source: docs/math.md, section 2.
 *
 * @returns undefined where the input sizes, output sizes or strides of the two differ, since no single window
 *   slides over both then.
 */
export function uniteGeometry(first: PatchGeometry, second: PatchGeometry): PatchGeometry | undefined {
  for (const size of ['inputSize', 'outputSize'] as const)
    if (first[size].join() !== second[size].join()) return undefined;
  const axes: { kernel: number; stride: number; dilation: number; padding: [number, number] }[] = [];
  // TensorFlow has no convolution that is both strided and dilated: then the holes are filled.
  const mayKeepHoles = [first, second].every(({ strides }) => strides.every((stride) => stride === 1));
  for (const [axis, length] of first.inputSize.entries()) {
    const outputLength = first.outputSize[axis]!;
    const strides = [first.strides[axis]!, second.strides[axis]!] as const;
    // With a single output along an axis, the stride has no meaning.
    if (strides[0] !== strides[1] && outputLength > 1) return undefined;
    const stride = Math.max(...strides);
    const windows = [first, second].map((geometry) => ({
      ...extentOf(geometry, axis),
      before: geometry.padding[axis]![0],
    }));
    const before = Math.max(...windows.map((window) => window.before));
    const extent = before + Math.max(...windows.map((window) => window.extent - window.before));
    const steps = windows.flatMap((window) => [
      before - window.before,
      ...(window.extent > 1 ? [window.dilation] : []),
    ]);
    const dilation = mayKeepHoles ? steps.reduce(greatestCommonDivisor, 0) || 1 : 1;
    axes.push({
      kernel: (extent - 1) / dilation + 1,
      stride,
      dilation,
      padding: [before, trailing(outputLength, stride, extent, length, before)],
    });
  }
  return {
    inputSize: first.inputSize,
    outputSize: first.outputSize,
    kernelSize: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    dilationRate: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ padding }) => padding),
  };
}

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}

/**
 * The same windows with a smaller kernel in their centre, `before' = before - floor((K - k) / 2)`.
 *
 * Where `K - k` is odd there is no exact centre, and the kernel is half a position closer to the start (see
 * {@link isCentered}).
 *
 * Source: docs/math.md, section 2.
 *
 * @throws KERNEL_TOO_LARGE when the kernel exceeds the receptive field, where further weights would have
 *   nothing to read.
 * @throws ARGUMENT_INVALID for sizes that aren't positive integers.
 */
export function centerKernel(geometry: PatchGeometry, kernelSize: readonly number[]): PatchGeometry {
  if (!isSizes(kernelSize) || kernelSize.length !== geometry.kernelSize.length) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `kernelSize is ${inWords(kernelSize)}: ${geometry.kernelSize.length} positive integers were expected.`,
    );
  }
  if (kernelSize.some((size, axis) => size > geometry.kernelSize[axis]!)) {
    throw new FuseInitError(
      'KERNEL_TOO_LARGE',
      `A fused kernel of [${kernelSize}] was asked for, but the span's receptive field is [${geometry.kernelSize}]. Ask for that or less.`,
    );
  }
  const padding = kernelSize.map((size, axis) => {
    const dilation = geometry.dilationRate[axis]!;
    const before =
      geometry.padding[axis]![0] - dilation * Math.floor((geometry.kernelSize[axis]! - size) / 2);
    const extent = dilatedSize(size, dilation);
    const after = trailing(
      geometry.outputSize[axis]!,
      geometry.strides[axis]!,
      extent,
      geometry.inputSize[axis]!,
      before,
    );
    return [before, after] as const;
  });
  return { ...geometry, kernelSize: [...kernelSize], padding };
}

/** Whether a kernel of this size can be centred exactly in the receptive field. */
export function isCentered(receptiveField: readonly number[], kernelSize: readonly number[]): boolean {
  return receptiveField.every((size, axis) => (size - kernelSize[axis]!) % 2 === 0);
}
