/** Numbers as a file has them; 64-bit integers as the nearest float64. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** Samples that follow each other. */
export interface SampleRange {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Which samples to read. */
export interface SampleRequest {
  /** In file order, apart from each other, none empty. */
  readonly ranges: readonly SampleRange[];
  /** How many at a time. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
}

/** Samples of a file or a folder, of whatever format, as it has them. */
export interface SampleSource {
  /** For messages: the path, and what part of it. */
  readonly name: string;
  readonly count: number;
  readonly sampleShape: readonly number[];
  /** In words, what the numbers are. */
  readonly contents: string;
  /** How the file stores a number: 'uint8', 'float32', 'decimal' in a table. */
  readonly dtype: string;
  /** 'images', whose numbers are pixels; 'bytes' from 0 to 255, which may be pixels; other 'numbers'. */
  readonly holds: 'images' | 'bytes' | 'numbers';
  /** In words, what the order of the samples is. */
  readonly order: string;
  /** Paths of the images in their folder, in order; undefined for samples without names. */
  readonly sampleNames?: readonly string[];
  /** Paths of files in the folder that aren't read. */
  readonly unread?: readonly string[];
  /** Values of `size` samples each, in file order and across ranges; of fewer in the last one. */
  read(request: SampleRequest): AsyncIterable<Numbers>;
}
