import type { Moments } from '@fuseinit/core';
import { centeredMoments } from './centered-moments.js';
import { emptyChunkSums } from './chunk-sums.js';

/**
 * Computes the moments of rows from the result of `deviceProducts`.
 *
 * @param products The products and means, [columns + 1, columns]. There are patchSize + outFeatures + 1
 *   columns.
 */
export function momentsOfProducts(
  products: ArrayLike<number>,
  rows: number,
  patchSize: number,
  outFeatures: number,
): Moments {
  const columns = patchSize + outFeatures + 1;
  const sums = emptyChunkSums(patchSize, outFeatures);
  sums.count = rows;
  for (let row = 0; row < patchSize; row++) copy(sums.gram, row * patchSize, row * columns, row + 1);
  for (let feature = 0; feature < outFeatures; feature++) {
    const from = (patchSize + feature) * columns;
    copy(sums.cross, feature * patchSize, from, patchSize);
    copy(sums.targetGram, feature * outFeatures, from + patchSize, outFeatures);
  }
  const ones = (columns - 1) * columns;
  copy(sums.input, 0, ones, patchSize);
  copy(sums.target, 0, ones + patchSize, outFeatures);
  const means = Float64Array.from(
    { length: columns - 1 },
    (_, column) => products[columns * columns + column]!,
  );
  return centeredMoments(sums, means.subarray(0, patchSize), means.subarray(patchSize));

  function copy(to: Float64Array, at: number, from: number, length: number): void {
    for (let index = 0; index < length; index++) to[at + index] = products[from + index]!;
  }
}
