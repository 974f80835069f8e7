import type { PixelScale } from './pixel-scale.js';

/** Float32 numbers of some samples, row-major. */
export interface DataBatch {
  readonly data: Float32Array;
  /** [samples, ...sampleShape] */
  readonly shape: number[];
}

/** The samples to read: those from `first` to before `end`, or those of `indices`. */
export interface BatchRange {
  /** The index of the first sample. Default 0. */
  readonly first?: number;
  /** The index after the last sample. Default the number of samples. */
  readonly end?: number;
  /**
   * Ascending indices, from 0. No other images are decoded, and little else is read of files that aren't
   * compressed.
   */
  readonly indices?: ArrayLike<number>;
  readonly signal?: AbortSignal;
}

/** How the numbers of a file are interpreted. */
export interface Reading {
  /** The scale of pixels from 0 to 255. Default 'unit' for images and bytes, else 'raw'. */
  readonly pixels?: PixelScale;
  /** The shape that each sample is given, such as [28, 28, 1] for rows of 784. */
  readonly sampleShape?: readonly number[];
}

/** The samples in a file or a folder, which can be read in batches any number of times. */
export interface DataFile {
  /** A description: 'images.npz, array "x": 60000 samples of [28, 28, 1], uint8'. */
  readonly description: string;
  readonly count: number;
  readonly sampleShape: readonly number[];
  /** The type of the numbers in the file: 'uint8', 'float32', 'decimal' for a table. */
  readonly dtype: string;
  /** 'images', whose numbers are pixels; 'bytes' from 0 to 255, which may be pixels; other 'numbers'. */
  readonly holds: 'images' | 'bytes' | 'numbers';
  readonly pixels: PixelScale;
  /** Describes the order of the samples. */
  readonly order: string;
  /**
   * The paths of the images in their folder, in the order of the samples; undefined for samples without
   * names.
   */
  readonly sampleNames: readonly string[] | undefined;
  /**
   * The paths of the files in the folder that aren't read: files of other formats, or images left out since
   * they can't be decoded.
   */
  readonly unread: readonly string[];
  /**
   * Yields batches in file order, of `size` samples and fewer in the last one. Each iteration reads again,
   * and no more than it needs; in compressed files and tables it also reads what comes before.
   *
   * @throws ARGUMENT_INVALID for a size below 1, a range or indices that aren't within the samples, indices
   * that don't
   *   ascend or come with a range.
   * @throws DATA_FILE_INVALID while iterating, when what is there isn't what was there on opening, or is
   * damaged, and for NaN, infinities and numbers that are too large for float32.
   * @throws ABORTED while iterating, when the signal fires.
   */
  batches(size: number, range?: BatchRange): AsyncIterable<DataBatch>;
  /**
   * Returns the same samples with another interpretation. Closing one closes both.
   *
   * @throws ARGUMENT_INVALID for a shape that doesn't fit the samples.
   */
  as(reading: Reading): DataFile;
  /** Closes the file; batches can't be read any more. */
  close(): Promise<void>;
}
