/** Sums of products of rows, neither centred nor divided by the count. */
export interface ChunkSums {
  /** The number of rows: samples times output positions. */
  count: number;
  readonly input: Float64Array;
  readonly target: Float64Array;
  /** Sums of products of inputs, [patchSize, patchSize]; only the lower triangle is used. */
  readonly gram: Float64Array;
  /** Sums of products of targets and inputs, [outFeatures, patchSize]. */
  readonly cross: Float64Array;
  /** Sums of products of targets, [outFeatures, outFeatures]. */
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
