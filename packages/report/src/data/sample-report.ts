/** A sample, and what both networks make of it. */
export interface SampleReport {
  /** Place among the samples compared on, from 0. */
  readonly index: number;
  readonly label: number | null;
  /**
   * Square distance of the outputs over the variance of the teacher's: 1 is as far off as its mean would be.
   */
  readonly disagreement: number;
  /** One for each input of the model. */
  readonly inputs: readonly SampleInput[];
  /** One for each output of the model. */
  readonly outputs: readonly SampleOutput[];
}

export type SampleInput = SampleImage | SampleValues;

/** Made small: long sides are averaged down. */
export interface SampleImage {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Base64 of [height, width, channels] bytes. */
  readonly pixels: string;
  /** What byte 0 and byte 255 stand for. */
  readonly range: readonly [low: number, high: number];
}

export interface SampleValues {
  readonly kind: 'values';
  /** Of the whole input. */
  readonly shape: readonly number[];
  /** The first ones, row-major. */
  readonly values: readonly number[];
}

/** The first numbers of an output, row-major. */
export interface SampleOutput {
  readonly teacher: readonly number[];
  readonly student: readonly number[];
}
