import type { LayerDescription } from '@fuseinit/core';

/** An axis that a window slides along. */
export interface SlidingAxis {
  /** The length of the input; null if it isn't known. */
  readonly length: number | null;
  /** The extent of the window, including the gaps of a dilation. */
  readonly extent: number;
  readonly stride: number;
}

/** The axes that a convolution or pooling layer of a given rank slides along. */
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

/** Expands an attribute, which may be one number for all axes, to one number for each axis. */
export function perAxis(value: unknown, rank: number): number[] {
  return Array.isArray(value) ? value.map(Number) : Array.from({ length: rank }, () => Number(value));
}

/**
 * The number of positions at the end of an axis that no window reads with 'same' padding, which occur if the
 * stride is longer than the window. Implementations that don't limit the padding to at least 0 compute a
 * negative padding for them.
 */
export function unreadBySame({ length, extent, stride }: SlidingAxis): number {
  if (length === null) return Math.max(0, stride - extent);
  return Math.max(0, length - ((Math.ceil(length / stride) - 1) * stride + extent));
}
