import type { TensorFlow } from '../tensorflow.js';
import type { Chunk } from './chunk.js';
import type { ChunkSums } from './chunk-sums.js';
import { columnSums, createRowPatches, type RowMatrix, type RowPatches, targetRow } from './row-patches.js';
import { rowsPerProduct } from './rows-per-product.js';
import type { Window2d } from './window-2d.js';

/**
 * Adds the sums of products of some samples, in few multiplications.
 *
 * A patch is `kernelHeight` row patches, one below the other, and the same row patch belongs to as many patches. So for
 * each input row, one product of its row patches with those of the rows below gives all that the row adds to the Gram
 * matrix of patches, wherever it stands in them: `kernelHeight` times fewer multiplications than the Gram matrix of
 * the patches written out, and nothing larger in memory than a row of patches.
 *
 * Source: docs/math.md, section 6.
 */
export async function addChunk(tf: TensorFlow, chunk: Chunk, sums: ChunkSums): Promise<void> {
  const { count, window } = chunk;
  const [outHeight, outWidth] = window.outputSize;
  sums.count += count * outHeight * outWidth;
  const patches = createRowPatches(chunk);
  const targets = Array.from({ length: outHeight }, (_, row) => targetRow(chunk, row));
  for (let row = 0; row < chunk.padded.height; row++)
    await addInputRow(tf, chunk, patches, targets, row, sums);
  for (const target of targets) await addTargetRow(tf, target, sums);
}

/** Adds all products in which a padded input row is the upper one. */
async function addInputRow(
  tf: TensorFlow,
  { window }: Chunk,
  patches: RowPatches,
  targets: readonly RowMatrix[],
  row: number,
  sums: ChunkSums,
): Promise<void> {
  const [kernelHeight] = window.kernelSize;
  // Kernel rows that stand on this input row for some output row.
  const taps = Array.from({ length: kernelHeight }, (_, tap) => tap).filter(
    (tap) => outputRow(window, row, tap) >= 0,
  );
  const [firstTap] = taps;
  if (firstTap === undefined) return;

  const own = patches.at(row);
  const rowPatch = own.columns;
  const patchSize = kernelHeight * rowPatch;
  const reach = kernelHeight - firstTap;
  const below = Array.from({ length: reach }, (_, lag) => patches.at(row + lag * window.dilationRate[0]));
  const above = taps.map((tap) => targets[outputRow(window, row, tap)]!);
  patches.forgetBefore(row + 1);
  const products = await multiply(tf, [...below, ...above], own);

  const ownSums = columnSums(own);
  const outFeatures = targets[0]!.columns;
  taps.forEach((tap, index) => {
    const start = tap * rowPatch;
    for (let k = 0; k < rowPatch; k++) sums.input[start + k]! += ownSums[k]!;
    const rowsBelow = (kernelHeight - tap) * rowPatch;
    for (let other = 0; other < rowsBelow; other++) {
      const at = (start + other) * patchSize + start;
      for (let k = 0; k < rowPatch; k++) sums.gram[at + k]! += products[other * rowPatch + k]!;
    }
    const ofTarget = (reach * rowPatch + index * outFeatures) * rowPatch;
    for (let feature = 0; feature < outFeatures; feature++) {
      const at = feature * patchSize + start;
      for (let k = 0; k < rowPatch; k++) sums.cross[at + k]! += products[ofTarget + feature * rowPatch + k]!;
    }
  });
}

/** Adds the products of the targets of an output row with themselves. */
async function addTargetRow(tf: TensorFlow, target: RowMatrix, sums: ChunkSums): Promise<void> {
  const products = await multiply(tf, [target], target);
  for (let index = 0; index < products.length; index++) sums.targetGram[index]! += products[index]!;
  const targetSums = columnSums(target);
  for (let feature = 0; feature < target.columns; feature++) sums.target[feature]! += targetSums[feature]!;
}

/** The output row whose kernel row `tap` stands on this padded input row; -1 when there is none. */
function outputRow(window: Window2d, row: number, tap: number): number {
  const position = (row - tap * window.dilationRate[0]) / window.strides[0];
  return Number.isInteger(position) && position >= 0 && position < window.outputSize[0] ? position : -1;
}

/**
 * The transposes of some matrices, one below the other, times a matrix: 512 rows at a time on the device, added up in
 * float64.
 *
 * The many on the left, the one on the right: the WASM backend is half as fast the other way round.
 */
async function multiply(
  tf: TensorFlow,
  left: readonly RowMatrix[],
  right: RowMatrix,
): Promise<ArrayLike<number>> {
  if (right.rows <= rowsPerProduct) return multiplyRows(tf, left, right, 0, right.rows);
  const sum = new Float64Array(left.reduce((height, { columns }) => height + columns, 0) * right.columns);
  for (let start = 0; start < right.rows; start += rowsPerProduct) {
    const end = Math.min(right.rows, start + rowsPerProduct);
    const products = await multiplyRows(tf, left, right, start, end);
    for (let index = 0; index < sum.length; index++) sum[index]! += products[index]!;
  }
  return sum;
}

async function multiplyRows(
  tf: TensorFlow,
  left: readonly RowMatrix[],
  right: RowMatrix,
  start: number,
  end: number,
): Promise<Float32Array> {
  const rows = end - start;
  const height = left.reduce((sum, { columns }) => sum + columns, 0);
  const stacked = new Float32Array(height * rows);
  let to = 0;
  for (const matrix of left) {
    for (let column = 0; column < matrix.columns; column++, to += rows) {
      const from = column * matrix.rows;
      stacked.set(matrix.transposed.subarray(from + start, from + end), to);
    }
  }
  const values = right.values.subarray(start * right.columns, end * right.columns);
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(stacked, [height, rows]), tf.tensor2d(values, [rows, right.columns])),
  );
  try {
    return (await product.data()) as Float32Array;
  } finally {
    product.dispose();
  }
}
