import type { Moments } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { Window2d } from './create-tf-backend.js';
import { centeredMoments } from './centered-moments.js';

/**
 * The moments of some samples, in few products.
 *
 * A patch is `kernelHeight` row patches, one below the other, and the same row patch belongs to as many patches. So for
 * each input row, one product of its row patches with those of the rows below gives all that the row adds to the Gram
 * matrix of patches, wherever it stands in them: `kernelHeight` times fewer multiplications than the Gram matrix of
 * the patches written out, and nothing larger in memory than a row of patches.
 *
 * @param images [batch, height, width, channels]
 * @param targets [batch, outHeight, outWidth, outFeatures]
 */
export async function chunkMoments(
  tf: TensorFlow,
  images: Tensor,
  targets: Tensor,
  window: Window2d,
  start: number,
  count: number,
): Promise<Moments> {
  const [kernelHeight, kernelWidth] = window.kernelSize;
  const [outHeight, outWidth] = window.outputSize;
  const channels = images.shape[3]!;
  const outFeatures = targets.shape[3]!;
  const rowPatch = kernelWidth * channels;
  const patchSize = kernelHeight * rowPatch;
  const rows = count * outWidth;
  const sums = {
    count: rows * outHeight,
    input: new Float64Array(patchSize),
    target: new Float64Array(outFeatures),
    gram: new Float64Array(patchSize * patchSize),
    cross: new Float64Array(outFeatures * patchSize),
    targetGram: new Float64Array(outFeatures * outFeatures),
  };

  const { shift, targetShift, patches, transposed, outputs } = tf.tidy(() => {
    const image = images.slice([start, 0, 0, 0], [count, ...images.shape.slice(1)]);
    const output = targets.slice([start, 0, 0, 0], [count, ...targets.shape.slice(1)]);
    const inputShift = shiftOf(tf, image);
    const outputShift = shiftOf(tf, output);
    const row = rowPatches(tf, image, window).sub(tf.tile(inputShift, [kernelWidth])) as Tensor;
    return {
      shift: inputShift,
      targetShift: outputShift,
      patches: row,
      transposed: row.transpose([0, 2, 1]),
      // [outHeight, rows, outFeatures]
      outputs: output.sub(outputShift).transpose([1, 0, 2, 3]).reshape([outHeight, rows, outFeatures]) as Tensor,
    };
  });
  try {
    await addRowSums(tf, patches, window, sums.input);
    sums.target.set(await numbers(tf, () => outputs.sum([0, 1])));
    await addProducts(tf, patches, transposed, outputs, window, sums);
    return centeredMoments(
      sums,
      repeat(Float64Array.from(await shift.data()), patchSize),
      Float64Array.from(await targetShift.data()),
    );
  } finally {
    tf.dispose([shift, targetShift, patches, transposed, outputs]);
  }
}

/** Sums of products of a chunk, not yet centred nor divided. */
export interface ChunkSums {
  readonly count: number;
  readonly input: Float64Array;
  readonly target: Float64Array;
  /** [patchSize, patchSize] */
  readonly gram: Float64Array;
  /** [outFeatures, patchSize] */
  readonly cross: Float64Array;
  /** [outFeatures, outFeatures] */
  readonly targetGram: Float64Array;
}

/**
 * The patches of every padded input row, one kernel row high: [paddedHeight, rows, kernelWidth * channels], `rows`
 * over samples and output columns.
 */
function rowPatches(tf: TensorFlow, image: Tensor, window: Window2d): Tensor {
  const [count = 0, , , channels = 0] = image.shape;
  const [, outWidth] = window.outputSize;
  const [, kernelWidth] = window.kernelSize;
  const padded = padAndCrop(tf, image, window.padding);
  const height = padded.shape[1]!;
  const taps = Array.from({ length: kernelWidth }, (_, tap) => {
    const begin = tap * window.dilationRate[1];
    const end = begin + (outWidth - 1) * window.strides[1] + 1;
    return padded.stridedSlice([0, 0, begin, 0], [count, height, end, channels], [1, 1, window.strides[1], 1]);
  });
  return tf
    .concat(taps, 3)
    .transpose([1, 0, 2, 3])
    .reshape([height, count * outWidth, kernelWidth * channels]);
}

function padAndCrop(tf: TensorFlow, image: Tensor, padding: Window2d['padding']): Tensor {
  const [rows, columns] = padding;
  const positive = (value: number) => Math.max(0, value);
  const cropped = image.slice(
    [0, positive(-rows[0]), positive(-columns[0]), 0],
    [
      image.shape[0]!,
      image.shape[1]! - positive(-rows[0]) - positive(-rows[1]),
      image.shape[2]! - positive(-columns[0]) - positive(-columns[1]),
      image.shape[3]!,
    ],
  );
  return tf.pad(cropped, [
    [0, 0],
    [positive(rows[0]), positive(rows[1])],
    [positive(columns[0]), positive(columns[1])],
    [0, 0],
  ]);
}

/**
 * What to take off each channel before the products: its mean where that is large against its deviation, since float32
 * then loses the deviation's digits; else nothing, since a shift would spoil the many exact zeros after a relu.
 */
function shiftOf(tf: TensorFlow, values: Tensor): Tensor {
  const { mean, variance } = tf.moments(values, [0, 1, 2]);
  return mean.mul(mean.square().greater(variance.mul(4)).toFloat()) as Tensor;
}

async function addRowSums(tf: TensorFlow, patches: Tensor, window: Window2d, sums: Float64Array): Promise<void> {
  const [kernelHeight] = window.kernelSize;
  const rowPatch = patches.shape[2]!;
  const perRow = await numbers(tf, () => patches.sum(1));
  for (let tap = 0; tap < kernelHeight; tap++) {
    for (const row of rowsUnder(window, tap)) {
      for (let k = 0; k < rowPatch; k++) sums[tap * rowPatch + k]! += perRow[row * rowPatch + k]!;
    }
  }
}

async function addProducts(
  tf: TensorFlow,
  patches: Tensor,
  transposed: Tensor,
  outputs: Tensor,
  window: Window2d,
  sums: ChunkSums,
): Promise<void> {
  const [height = 0, , rowPatch = 0] = patches.shape;
  const [kernelHeight] = window.kernelSize;
  const patchSize = kernelHeight * rowPatch;
  const outFeatures = outputs.shape[2]!;
  for (let row = 0; row < height; row++) {
    // Kernel rows that stand on this input row for some output row.
    const taps = Array.from({ length: kernelHeight }, (_, tap) => tap).filter((tap) => outputRow(window, row, tap) >= 0);
    const [firstTap] = taps;
    if (firstTap === undefined) continue;
    const reach = kernelHeight - firstTap;
    const products = await numbers(tf, () => {
      const left = matrixAt(tf, transposed, row);
      const below = Array.from({ length: reach }, (_, lag) =>
        matrixAt(tf, patches, row + lag * window.dilationRate[0]),
      );
      const above = taps.map((tap) => matrixAt(tf, outputs, outputRow(window, row, tap)));
      return left.matMul(tf.concat([...below, ...above], 1)) as Tensor;
    });
    const width = reach * rowPatch + taps.length * outFeatures;
    taps.forEach((tap, index) => {
      const columns = (kernelHeight - tap) * rowPatch;
      for (let k = 0; k < rowPatch; k++) {
        const at = (tap * rowPatch + k) * patchSize + tap * rowPatch;
        for (let column = 0; column < columns; column++) sums.gram[at + column]! += products[k * width + column]!;
        const crossStart = k * width + reach * rowPatch + index * outFeatures;
        for (let feature = 0; feature < outFeatures; feature++) {
          sums.cross[feature * patchSize + tap * rowPatch + k]! += products[crossStart + feature]!;
        }
      }
    });
  }
  for (let row = 0; row < outputs.shape[0]!; row++) {
    const products = await numbers(tf, () => {
      const output = matrixAt(tf, outputs, row);
      return output.transpose().matMul(output) as Tensor;
    });
    for (let index = 0; index < products.length; index++) sums.targetGram[index]! += products[index]!;
  }
}

/** Padded input rows that a kernel row reads, one for each output row. */
function rowsUnder(window: Window2d, tap: number): number[] {
  return Array.from(
    { length: window.outputSize[0] },
    (_, row) => row * window.strides[0] + tap * window.dilationRate[0],
  );
}

/** The output row whose kernel row `tap` stands on this padded input row; -1 when there is none. */
function outputRow(window: Window2d, row: number, tap: number): number {
  const position = (row - tap * window.dilationRate[0]) / window.strides[0];
  return Number.isInteger(position) && position >= 0 && position < window.outputSize[0] ? position : -1;
}

/** One matrix of a stack. Gathered: on the WASM backend a slice copies the whole stack out first. */
function matrixAt(tf: TensorFlow, stack: Tensor, index: number): Tensor {
  return stack.gather(tf.tensor1d([index], 'int32')).reshape(stack.shape.slice(1));
}

async function numbers(tf: TensorFlow, make: () => Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(make);
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}

function repeat(values: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, index) => values[index % values.length]!);
}

