import type { PixelScale } from './pixel-scale.js';

/** Float32 numbers of some samples, row-major. */
export interface DataBatch {
  readonly data: Float32Array;
  /** [samples, ...sampleShape] */
  readonly shape: number[];
}

/** Which samples to read: those from `first` to before `end`, or those of `indices`. */
export interface BatchRange {
  /** From 0; 0 without it. */
  readonly first?: number;
  /** One past the last; all without it. */
  readonly end?: number;
  /** Ascending, from 0: no other images are decoded, and of files that aren't packed little else is read. */
  readonly indices?: ArrayLike<number>;
  readonly signal?: AbortSignal;
}

/** What the numbers of a file are taken as. */
export interface Reading {
  /** How pixels from 0 to 255 become numbers; 'unit' without it for images and bytes, else 'raw'. */
  readonly pixels?: PixelScale;
  /** What each sample's numbers are taken as, such as [28, 28, 1] for rows of 784. */
  readonly sampleShape?: readonly number[];
}

/** Samples in a file or a folder, to be read in batches as often as wanted. */
export interface DataFile {
  /** In words: 'images.npz, array "x": 60000 samples of [28, 28, 1], uint8'. */
  readonly description: string;
  readonly count: number;
  readonly sampleShape: readonly number[];
  /** How the file stores a number: 'uint8', 'float32', 'decimal' in a table. */
  readonly dtype: string;
  /** 'images', whose numbers are pixels; 'bytes' from 0 to 255, which may be pixels; other 'numbers'. */
  readonly holds: 'images' | 'bytes' | 'numbers';
  readonly pixels: PixelScale;
  /** In words, what the order of the samples is. */
  readonly order: string;
  /**
   * Paths of the images in their folder, in the order of the samples; undefined for samples without names.
   */
  readonly sampleNames: readonly string[] | undefined;
  /**
   * Paths of the files in the folder that aren't read: of other formats, or left out since they can't be
   * decoded.
   */
  readonly unread: readonly string[];
  /**
   * Batches in file order, of `size` samples and of fewer in the last one. Each iteration reads anew, and no
   * more than it needs: of packed files and of tables, what comes before too.
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
   * The same samples, taken as something else. Closing one closes both.
   *
   * @throws ARGUMENT_INVALID for a shape that doesn't fit the samples.
   */
  as(reading: Reading): DataFile;
  /** Lets go of the file; batches can't be read any more. */
  close(): Promise<void>;
}
