/** Sums of products of rows, not yet centred nor divided. */
export interface ChunkSums {
  /** Rows: samples times output positions. */
  count: number;
  readonly input: Float64Array;
  readonly target: Float64Array;
  /** [patchSize, patchSize], its lower triangle. */
  readonly gram: Float64Array;
  /** [outFeatures, patchSize] */
  readonly cross: Float64Array;
  /** [outFeatures, outFeatures] */
  readonly targetGram: Float64Array;
}

/** Sums over no rows. */
export function emptyChunkSums(patchSize: number, outFeatures: number): ChunkSums {
  return {
    count: 0,
    input: new Float64Array(patchSize),
    target: new Float64Array(outFeatures),
    gram: new Float64Array(patchSize * patchSize),
    cross: new Float64Array(outFeatures * patchSize),
    targetGram: new Float64Array(outFeatures * outFeatures),
  };
}

/**
 * Adds the products of all columns `[patch, target, 1]` of some rows.
 *
 * @param products [patchSize + outFeatures + 1] squared.
 */
export function addProducts(sums: ChunkSums, products: ArrayLike<number>, rows: number): void {
  const patchSize = sums.input.length;
  const outFeatures = sums.target.length;
  const columns = patchSize + outFeatures + 1;
  sums.count += rows;
  for (let row = 0; row < patchSize; row++) add(sums.gram, row * patchSize, row * columns, row + 1);
  for (let feature = 0; feature < outFeatures; feature++) {
    const from = (patchSize + feature) * columns;
    add(sums.cross, feature * patchSize, from, patchSize);
    add(sums.targetGram, feature * outFeatures, from + patchSize, outFeatures);
  }
  const ones = (columns - 1) * columns;
  add(sums.input, 0, ones, patchSize);
  add(sums.target, 0, ones + patchSize, outFeatures);

  function add(sum: Float64Array, to: number, from: number, length: number): void {
    for (let index = 0; index < length; index++) sum[to + index]! += products[from + index]!;
  }
}
