import { FuseInitError } from '../errors/fuse-init-error.js';
import { inWords } from '../errors/in-words.js';
import { dilatedSize, isSizes, type PatchGeometry, trailing } from './patch-geometry.js';

/**
 * The same windows with a smaller kernel in their middle, `before' = before - floor((K - k) / 2)`.
 *
 * Where `K - k` is odd there is no exact middle: the kernel then stands half a position towards the start
 * ({@link isCentered} tells).
 *
 * Source: docs/math.md, section 2.
 *
 * @throws KERNEL_TOO_LARGE when the kernel exceeds the receptive field: more weights could not read more.
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

/** Whether a kernel of this size has an exact middle place in the receptive field. */
export function isCentered(receptiveField: readonly number[], kernelSize: readonly number[]): boolean {
  return receptiveField.every((size, axis) => (size - kernelSize[axis]!) % 2 === 0);
}
