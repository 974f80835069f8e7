/** Numbers of a file; 64-bit integers are rounded to the nearest float64. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** Consecutive samples. */
export interface SampleRange {
  readonly first: number;
  /** The index after the last sample. */
  readonly end: number;
}

/** The samples to read. */
export interface SampleRequest {
  /** Ranges in file order that are separate and not empty. */
  readonly ranges: readonly SampleRange[];
  /** The number of samples at a time. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
}

/** The samples of a file or a folder of any format, with the stored numbers. */
export interface SampleSource {
  /** The name for messages: the path, and the part of it. */
  readonly name: string;
  readonly count: number;
  readonly sampleShape: readonly number[];
  /** Describes the numbers. */
  readonly contents: string;
  /** The type of the numbers in the file: 'uint8', 'float32', 'decimal' for a table. */
  readonly dtype: string;
  /** 'images', whose numbers are pixels; 'bytes' from 0 to 255, which may be pixels; other 'numbers'. */
  readonly holds: 'images' | 'bytes' | 'numbers';
  /** Describes the order of the samples. */
  readonly order: string;
  /** The paths of the images in their folder, in order; undefined for samples without names. */
  readonly sampleNames?: readonly string[];
  /** The paths of files in the folder that aren't read. */
  readonly unread?: readonly string[];
  /**
   * Yields the values of `size` samples each, in file order and across ranges, and fewer in the last batch.
   */
  read(request: SampleRequest): AsyncIterable<Numbers>;
}
