/** Means and covariances of rows of inputs and their targets, divided by the count. */
export interface RowMoments {
  readonly count: number;
  /** [inputs] */
  readonly inputMean: Float64Array;
  /** [targets] */
  readonly targetMean: Float64Array;
  /** [inputs, inputs], symmetric. */
  readonly inputCovariance: Float64Array;
  /** [targets, inputs] */
  readonly crossCovariance: Float64Array;
  /** [targets, targets], symmetric. */
  readonly targetCovariance: Float64Array;
}

/** Sums of products that grow with each batch: products in float32, of at most 256 rows, sums in float64. */
export interface Sums {
  /** Rows added since the last `take`. */
  readonly count: number;
  /**
   * Takes a shift near the means from a batch, without counting it: sums of parts of the same data then round alike. After
   * the first batch it does nothing.
   *
   * @throws SHAPE_MISMATCH as `add`.
   */
  prime(inputs: Float32Array, targets: Float32Array): Promise<void>;
  /**
   * Adds a batch; resolves to which side holds NaN or Infinity, if any.
   *
   * @throws SHAPE_MISMATCH when the lengths don't fit the layout or each other.
   * @throws MEMORY_TOO_SMALL as the engine does; nothing was added.
   */
  add(inputs: Float32Array, targets: Float32Array): Promise<'input' | 'target' | undefined>;
  /** The moments of what was added since the last call, and begins anew. */
  take(): Promise<RowMoments>;
  /** Gives the memory back; nothing can be added any more. */
  dispose(): void;
}
