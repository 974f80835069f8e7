/** Float32 numbers of some samples, row-major. */
export interface DataBatch {
  readonly data: Float32Array;
  /** [samples, ...sampleShape] */
  readonly shape: number[];
}

/** Which samples to read. */
export interface BatchRange {
  /** From 0; 0 without it. */
  readonly first?: number;
  /** One past the last; all without it. */
  readonly end?: number;
  readonly signal?: AbortSignal;
}

/** Samples in a file or a folder, to be read in batches as often as wanted. */
export interface DataFile {
  /** In words: 'images.npz, array "x": 60000 samples of [28, 28, 1], uint8'. */
  readonly description: string;
  readonly count: number;
  readonly sampleShape: readonly number[];
  /**
   * Batches in file order, of `size` samples and of fewer in the last one. Each iteration reads anew, and no more than
   * it needs: of packed files and of tables, what comes before too.
   *
   * @throws ARGUMENT_INVALID for a size below 1, or a range that isn't within the samples.
   * @throws DATA_FILE_INVALID while iterating, when what is there isn't what was there on opening, or is damaged.
   * @throws ABORTED while iterating, when the signal fires.
   */
  batches(size: number, range?: BatchRange): AsyncIterable<DataBatch>;
  /** Lets go of the file; batches can't be read any more. */
  close(): Promise<void>;
}
