import type { FloatArray } from '../array/nd-array.js';

/** Rows of inputs and the targets of each; they are computed with in float64, whatever they come in. */
export interface CalibrationRows {
  /** [..., patchSize]: all axes but the last are rows. */
  readonly inputs: FloatArray;
  /** [..., outFeatures], as many rows. */
  readonly targets: FloatArray;
  /** So many rows in a row are of one sample: its positions, which are too alike to count apart. Default 1. */
  readonly rowsPerSample?: number;
}
