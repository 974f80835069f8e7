import type { Tensor4D } from '../tensorflow.js';
import { rowsPerProduct } from './rows-per-product.js';
import type { Window2d } from './window-2d.js';

/** A batch on the device. */
export interface DeviceChunk {
  /** [batch, ...inputSize, channels] */
  readonly images: Tensor4D;
  /** [batch, ...outputSize, outFeatures] */
  readonly targets: Tensor4D;
  readonly window: Window2d;
}

/** Some of a batch's samples, and some output rows of each. */
export interface ChunkPart {
  readonly firstSample: number;
  readonly samples: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * The blocks that the rows of a part are summed in. All have the same number of rows, and the last one is
 * padded with zeros.
 */
export interface Blocks {
  readonly blocks: number;
  readonly rows: number;
}

/**
 * The maximum number of blocks whose products are added on the device, which some backends do sequentially in
 * float32. The relative error stays within 256 half units in the last place, 8e-6, even where one block is
 * far larger than the rest.
 */
const mostBlocks = 256;

export function blocksOf(rows: number): Blocks {
  const blockRows = Math.min(rowsPerProduct, rows);
  return { blocks: Math.ceil(rows / blockRows), rows: blockRows };
}

/**
 * The number of elements in the largest tensor that these rows need: the rows themselves, or the products of
 * each block.
 */
export function largestTensor(rows: number, columns: number): number {
  const { blocks, rows: blockRows } = blocksOf(rows);
  return blocks * columns * Math.max(blockRows, columns);
}

/**
 * Splits a batch so that no tensor has more than `room` elements where possible. The smallest part is one
 * output row of one sample.
 */
export function* deviceChunks(
  batch: number,
  [outHeight, outWidth]: readonly [number, number],
  columns: number,
  room: number,
): Generator<ChunkPart> {
  const positions = positionsAtOnce(columns, room);
  const rowsAtOnce = Math.max(1, Math.min(outHeight, Math.floor(positions / outWidth)));
  const samplesAtOnce =
    rowsAtOnce < outHeight ? 1 : Math.max(1, Math.floor(positions / (outWidth * outHeight)));
  for (let firstSample = 0; firstSample < batch; firstSample += samplesAtOnce) {
    const samples = Math.min(samplesAtOnce, batch - firstSample);
    for (let firstRow = 0; firstRow < outHeight; firstRow += rowsAtOnce) {
      yield { firstSample, samples, firstRow, rows: Math.min(rowsAtOnce, outHeight - firstRow) };
    }
  }
}

function positionsAtOnce(columns: number, room: number): number {
  const blocks = Math.min(mostBlocks, Math.floor(room / largestTensor(rowsPerProduct, columns)));
  return blocks > 0 ? blocks * rowsPerProduct : Math.min(rowsPerProduct - 1, Math.floor(room / columns));
}
