import type { TensorFlow } from '../tensorflow.js';
import type { ChunkSums } from './chunk-sums.js';
import type { PaddedChunk } from './padded-chunk.js';
import type { Window2d } from './window-2d.js';

/** Some samples, and the targets of their positions; both less their shift. */
export interface Chunk {
  readonly padded: PaddedChunk;
  /** [count, ...outputSize, outFeatures] */
  readonly targets: Float32Array;
  readonly count: number;
  readonly channels: number;
  readonly outFeatures: number;
  readonly window: Window2d;
}

/**
 * Adds the sums of products of some samples, in few multiplications.
 *
 * A patch is `kernelHeight` row patches, one below the other, and the same row patch belongs to as many patches. So for
 * each input row, one product of its row patches with those of the rows below gives all that the row adds to the Gram
 * matrix of patches, wherever it stands in them: `kernelHeight` times fewer multiplications than the Gram matrix of
 * the patches written out, and nothing larger in memory than a row of patches.
 */
export async function addChunk(tf: TensorFlow, chunk: Chunk, sums: ChunkSums): Promise<void> {
  sums.count += chunk.count * chunk.window.outputSize[0] * chunk.window.outputSize[1];
  for (let row = 0; row < chunk.padded.height; row++) await addInputRow(tf, chunk, row, sums);
  for (let row = 0; row < chunk.window.outputSize[0]; row++) await addTargetRow(tf, chunk, row, sums);
}

/** Adds all products in which a padded input row is the upper one. */
async function addInputRow(tf: TensorFlow, chunk: Chunk, row: number, sums: ChunkSums): Promise<void> {
  const { count, channels, outFeatures, window } = chunk;
  const [kernelHeight, kernelWidth] = window.kernelSize;
  // Kernel rows that stand on this input row for some output row.
  const taps = Array.from({ length: kernelHeight }, (_, tap) => tap).filter((tap) => outputRow(window, row, tap) >= 0);
  const [firstTap] = taps;
  if (firstTap === undefined) return;

  const rowPatch = kernelWidth * channels;
  const patchSize = kernelHeight * rowPatch;
  const rows = count * window.outputSize[1];
  const reach = kernelHeight - firstTap;
  const width = reach * rowPatch + taps.length * outFeatures;
  const right = new Float32Array(rows * width);
  for (let lag = 0; lag < reach; lag++) {
    copyRowPatches(chunk, row + lag * window.dilationRate[0], right, lag * rowPatch, width);
  }
  taps.forEach((tap, index) => {
    const start = reach * rowPatch + index * outFeatures;
    copyTargets(chunk, outputRow(window, row, tap), right, start, width);
  });
  const left = transposedColumns(right, rows, width, rowPatch);
  const products = await multiply(tf, left, [rowPatch, rows], right, [rows, width]);

  const columnSums = rowSums(left, rowPatch, rows);
  taps.forEach((tap, index) => {
    const columns = (kernelHeight - tap) * rowPatch;
    for (let k = 0; k < rowPatch; k++) {
      const patchRow = tap * rowPatch + k;
      sums.input[patchRow]! += columnSums[k]!;
      const at = patchRow * patchSize + tap * rowPatch;
      for (let column = 0; column < columns; column++) sums.gram[at + column]! += products[k * width + column]!;
      const crossStart = k * width + reach * rowPatch + index * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++) {
        sums.cross[feature * patchSize + patchRow]! += products[crossStart + feature]!;
      }
    }
  });
}

/** Adds the products of the targets of an output row with themselves. */
async function addTargetRow(tf: TensorFlow, chunk: Chunk, row: number, sums: ChunkSums): Promise<void> {
  const { count, outFeatures, window } = chunk;
  const rows = count * window.outputSize[1];
  const right = new Float32Array(rows * outFeatures);
  copyTargets(chunk, row, right, 0, outFeatures);
  const left = transposedColumns(right, rows, outFeatures, outFeatures);
  const products = await multiply(tf, left, [outFeatures, rows], right, [rows, outFeatures]);
  for (let index = 0; index < products.length; index++) sums.targetGram[index]! += products[index]!;
  const columnSums = rowSums(left, outFeatures, rows);
  for (let feature = 0; feature < outFeatures; feature++) sums.target[feature]! += columnSums[feature]!;
}

/** Writes what each output column reads of a padded input row: rows over samples and output columns. */
function copyRowPatches(
  { padded, count, channels, window }: Chunk,
  row: number,
  into: Float32Array,
  start: number,
  width: number,
): void {
  const [, outWidth] = window.outputSize;
  const [, kernelWidth] = window.kernelSize;
  const [, stride] = window.strides;
  const [, dilation] = window.dilationRate;
  const runs = dilation === 1 ? 1 : kernelWidth;
  const runLength = (kernelWidth * channels) / runs;
  let to = start;
  for (let sample = 0; sample < count; sample++) {
    const line = (sample * padded.height + row) * padded.width;
    for (let column = 0; column < outWidth; column++) {
      for (let run = 0; run < runs; run++) {
        const from = (line + column * stride + run * dilation) * channels;
        into.set(padded.values.subarray(from, from + runLength), to + run * runLength);
      }
      to += width;
    }
  }
}

/** Writes the targets of an output row: rows over samples and output columns. */
function copyTargets(
  { targets, count, outFeatures, window }: Chunk,
  row: number,
  into: Float32Array,
  start: number,
  width: number,
): void {
  const [outHeight, outWidth] = window.outputSize;
  let to = start;
  for (let sample = 0; sample < count; sample++) {
    let from = (sample * outHeight + row) * outWidth * outFeatures;
    for (let column = 0; column < outWidth; column++) {
      into.set(targets.subarray(from, from + outFeatures), to);
      from += outFeatures;
      to += width;
    }
  }
}

/** The first `columns` columns of a matrix [rows, width], as rows. */
function transposedColumns(matrix: Float32Array, rows: number, width: number, columns: number): Float32Array {
  const transposed = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * width + column]!;
    }
  }
  return transposed;
}

function rowSums(matrix: Float32Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += matrix[row * columns + column]!;
    return sum;
  });
}

/** The output row whose kernel row `tap` stands on this padded input row; -1 when there is none. */
function outputRow(window: Window2d, row: number, tap: number): number {
  const position = (row - tap * window.dilationRate[0]) / window.strides[0];
  return Number.isInteger(position) && position >= 0 && position < window.outputSize[0] ? position : -1;
}

async function multiply(
  tf: TensorFlow,
  left: Float32Array,
  leftShape: [number, number],
  right: Float32Array,
  rightShape: [number, number],
): Promise<Float32Array> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(left, leftShape), tf.tensor2d(right, rightShape)));
  try {
    return (await product.data()) as Float32Array;
  } finally {
    product.dispose();
  }
}
