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

/** Some samples of a batch, and of each some output rows. */
export interface ChunkPart {
  readonly firstSample: number;
  readonly samples: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** How the rows of a part are summed: in blocks of as many rows each, the last one filled up with zeros. */
export interface Blocks {
  readonly blocks: number;
  readonly rows: number;
}

/**
 * Blocks whose products are added up on the device, in float32 and one by one on some backends: this leaves a
 * relative error of at most 256 half units in the last place, 8e-6, where one block is far larger than the
 * rest.
 */
const mostBlocks = 256;

export function blocksOf(rows: number): Blocks {
  const blockRows = Math.min(rowsPerProduct, rows);
  return { blocks: Math.ceil(rows / blockRows), rows: blockRows };
}

/**
 * Numbers in the largest tensor that so many rows need: the rows themselves, or the products of each block.
 */
export function largestTensor(rows: number, columns: number): number {
  const { blocks, rows: blockRows } = blocksOf(rows);
  return blocks * columns * Math.max(blockRows, columns);
}

/**
 * Splits a batch so that no tensor has more than `room` numbers, as far as output rows can be told apart: one
 * row of one sample is the least.
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
