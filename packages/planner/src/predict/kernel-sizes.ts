/** The kernels to consider for a fused convolution: its receptive field, and smaller ones exactly in its middle. */
export function kernelSizesOf(receptiveField: readonly number[]): number[][] {
  const sizes: number[][] = [];
  for (let size = [...receptiveField]; size.every((length) => length > 0); ) {
    sizes.push(size);
    size = size.map((length) => length - 2);
  }
  return sizes;
}
