import type { Tensor4D } from '../tensorflow.js';
import type { Window2d } from './window-2d.js';

/** A batch on the device, and what to take off each channel. */
export interface DeviceChunk {
  /** [batch, ...inputSize, channels] */
  readonly images: Tensor4D;
  /** [batch, ...outputSize, outFeatures] */
  readonly targets: Tensor4D;
  readonly window: Window2d;
  readonly shift: Float64Array;
  readonly targetShift: Float64Array;
}

/** Some samples of a batch, and of each some output rows. */
export interface ChunkPart {
  readonly firstSample: number;
  readonly samples: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * Splits a batch so that a matrix of its positions and `columns` has no more than `room` numbers, as far as output rows
 * can be told apart: one row of one sample is the least.
 */
export function* deviceChunks(
  batch: number,
  [outHeight, outWidth]: readonly [number, number],
  columns: number,
  room: number,
): Generator<ChunkPart> {
  const perRow = outWidth * columns;
  const rowsAtOnce = Math.max(1, Math.min(outHeight, Math.floor(room / perRow)));
  const samplesAtOnce = rowsAtOnce < outHeight ? 1 : Math.max(1, Math.floor(room / (perRow * outHeight)));
  for (let firstSample = 0; firstSample < batch; firstSample += samplesAtOnce) {
    const samples = Math.min(samplesAtOnce, batch - firstSample);
    for (let firstRow = 0; firstRow < outHeight; firstRow += rowsAtOnce) {
      yield { firstSample, samples, firstRow, rows: Math.min(rowsAtOnce, outHeight - firstRow) };
    }
  }
}
