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

/** Which samples to read. */
export interface SampleRequest {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
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
  /** Whether the numbers are pixels from 0 to 255, as far as the format tells. */
  readonly isPixels: boolean;
  /** Values of `size` samples each, in file order; of fewer in the last one. */
  read(request: SampleRequest): AsyncIterable<Numbers>;
}
