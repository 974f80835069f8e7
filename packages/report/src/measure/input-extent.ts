/** Smallest and largest number of an input, over all samples seen. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

export const emptyExtent: Extent = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

export function widened(extent: Extent, data: ArrayLike<number>): Extent {
  let { low, high } = extent;
  for (let index = 0; index < data.length; index++) {
    low = Math.min(low, data[index]!);
    high = Math.max(high, data[index]!);
  }
  return { low, high };
}
