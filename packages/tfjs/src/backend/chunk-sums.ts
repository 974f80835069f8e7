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
