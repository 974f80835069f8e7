import type { LayerDescription } from '@fuseinit/core';

/** One axis that a window slides along. */
export interface SlidingAxis {
  /** Of the input; null where it isn't known. */
  readonly length: number | null;
  /** Of the window, with its holes. */
  readonly extent: number;
  readonly stride: number;
}

/** The axes that a convolution or pooling layer of this rank slides along. */
export function slidingAxes({ config, inputShape }: LayerDescription, rank: number): SlidingAxis[] {
  const space = config.dataFormat === 'channelsFirst' ? inputShape.slice(1) : inputShape.slice(0, -1);
  const size = perAxis(config.kernelSize ?? config.poolSize ?? 2, rank);
  const strides = perAxis(config.strides ?? (config.kernelSize ? 1 : size), rank);
  const dilation = perAxis(config.dilationRate ?? 1, rank);
  return size.map((length, axis) => ({
    length: space[axis] ?? null,
    extent: (length - 1) * dilation[axis]! + 1,
    stride: strides[axis]!,
  }));
}

/** One number an axis of an attribute that may be a number for all of them. */
export function perAxis(value: unknown, rank: number): number[] {
  return Array.isArray(value) ? value.map(Number) : Array.from({ length: rank }, () => Number(value));
}

/**
 * Positions at the end of an axis that no window reads under 'same', where the stride is longer than the
 * window: what padding that isn't held at 0 takes for a negative number.
 */
export function unreadBySame({ length, extent, stride }: SlidingAxis): number {
  if (length === null) return Math.max(0, stride - extent);
  return Math.max(0, length - ((Math.ceil(length / stride) - 1) * stride + extent));
}
