import { type PatchGeometry, patchGeometry } from '@fuseinit/core';

/** A convolution whose patches are summed over. */
export interface PatchCase {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly channels: number;
  readonly filters: number;
}

const sizes = [
  { size: 28, channels: 1 },
  { size: 28, channels: 3 },
  { size: 14, channels: 16 },
  { size: 14, channels: 64 },
];

/** Kernels from a point to most of the image, at strides at which patches share much, little and nothing. */
export const patchCases: readonly PatchCase[] = sizes.flatMap(({ size, channels }) =>
  [
    { kernel: 1, stride: 1 },
    { kernel: 3, stride: 1 },
    { kernel: 3, stride: 3 },
    { kernel: 5, stride: 1 },
    { kernel: 5, stride: 2 },
    { kernel: 9, stride: 1 },
  ]
    // Beyond, one turn takes minutes.
    .filter(({ kernel }) => kernel ** 2 * channels <= 2048)
    .map((window) => ({ size, channels, filters: 32, ...window })),
);

export function geometryOf({ size, kernel, stride }: PatchCase): PatchGeometry {
  return patchGeometry({
    inputSize: [size, size],
    kernelSize: [kernel, kernel],
    strides: [stride, stride],
    padding: 'same',
  });
}
