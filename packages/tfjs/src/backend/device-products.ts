import type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorFlow } from '../tensorflow.js';
import { blocksOf, type ChunkPart, type DeviceChunk } from './device-chunks.js';
import type { Window2d } from './window-2d.js';

/**
 * Computes the means of all columns of patches and targets, and the products of the centred columns with one
 * another. Let `A` have the columns `[patch, target]` less their means, followed by a column of ones: the
 * first rows of the result are `A^T A`, and the last row holds the means.
 *
 * Each column is centred by its own mean, since padding makes columns of the same channel differ.
 *
 * @returns A tensor [columns + 1, columns] with patchSize + outFeatures + 1 columns. The last mean is 0.
 */
export function deviceProducts(tf: TensorFlow, chunk: DeviceChunk, part: ChunkPart): Tensor {
  return tf.tidy(() => {
    const { targets, window } = chunk;
    const outFeatures = targets.shape[3];
    const rows = part.samples * part.rows * window.outputSize[1];
    const wanted = targets
      .slice(
        [part.firstSample, part.firstRow, 0, 0],
        [part.samples, part.rows, window.outputSize[1], outFeatures],
      )
      .reshape([rows, outFeatures]) as Tensor2D;
    const values = tf.concat2d([patchesOf(tf, chunk, part), wanted], 1);
    const means = columnMeans(tf, values);
    const columns = tf.concat2d([values.sub(means), tf.ones([rows, 1])], 1);
    const { blocks, rows: blockRows } = blocksOf(rows);
    // Rows of zeros contribute nothing to a product.
    const even = tf.pad2d(columns, [
      [0, blocks * blockRows - rows],
      [0, 0],
    ]);
    const stacked = even.reshape([blocks, blockRows, columns.shape[1]]);
    const products = tf.sum<Tensor2D>(tf.matMul(stacked, stacked, true, false), 0);
    return tf.concat2d([products, tf.pad1d(means, [0, 1]).reshape([1, columns.shape[1]])], 0);
  });
}

/**
 * Approximates the mean of each column, exactly for a column that is constant.
 *
 * Some backends sum sequentially in float32: the mean of 300,000 numbers around 1e6 would be off by hundreds.
 * After the first row is subtracted, the remainders are as small as the data vary. A second pass, which
 * subtracts the approximation itself, helps where the first row is an outlier.
 */
function columnMeans(tf: TensorFlow, values: Tensor2D): Tensor1D {
  return tf.tidy(() => {
    let means: Tensor = values.slice([0, 0], [1, values.shape[1]]);
    for (let turn = 0; turn < 2; turn++) means = means.add(values.sub(means).mean(0, true));
    return means.reshape([values.shape[1]]);
  });
}

/**
 * The patches that the output positions of a part read: [positions, kernelHeight * kernelWidth * channels].
 */
function patchesOf(tf: TensorFlow, { images, window }: DeviceChunk, part: ChunkPart): Tensor2D {
  const { kernelSize, strides, dilationRate } = window;
  const outputSize = [part.rows, window.outputSize[1]] as const;
  let patches = inputOf(tf, images, window, part);
  // Patches are built along one axis and then along the other, with kernelHeight + kernelWidth slices rather
  // than one for each kernel position, which would be their product.
  for (const axis of [1, 0] as const) {
    const taps = Array.from({ length: kernelSize[axis] }, (_, tap) =>
      everyNth(tf, patches, axis + 1, tap * dilationRate[axis], strides[axis], outputSize[axis]),
    );
    patches = taps.length > 1 ? tf.concat4d(taps, 3) : taps[0]!;
  }
  return patches.reshape([part.samples * outputSize[0] * outputSize[1], -1]);
}

/** The part of the input that a part's output rows read, padded and cropped as the window requires. */
function inputOf(tf: TensorFlow, images: Tensor4D, window: Window2d, part: ChunkPart): Tensor4D {
  const [, ...sizes] = images.shape;
  const { kernelSize, strides, dilationRate, padding } = window;
  const firstOutput = [part.firstRow, 0] as const;
  const outputs = [part.rows, window.outputSize[1]] as const;
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const start = firstOutput[axis] * strides[axis] - padding[axis][0];
    const length = strides[axis] * (outputs[axis] - 1) + dilationRate[axis] * (kernelSize[axis] - 1) + 1;
    const begin = Math.min(sizes[axis]!, Math.max(0, start));
    const end = Math.min(sizes[axis]!, Math.max(0, start + length));
    const before = Math.min(length, Math.max(0, -start));
    return {
      begin,
      size: end - begin,
      padding: [before, length - before - (end - begin)] as [number, number],
    };
  }) as [InputRange, InputRange];
  const channels = sizes[2]!;
  const read = [part.samples, rows.size, columns.size, channels] as const;
  // The window reads padding alone here. Not every backend handles empty slices well.
  if (rows.size === 0 || columns.size === 0) {
    return tf.zeros([
      part.samples,
      rows.padding[0] + rows.padding[1] + rows.size,
      columns.padding[0] + columns.padding[1] + columns.size,
      channels,
    ]);
  }
  const samples = images.slice([part.firstSample, rows.begin, columns.begin, 0], [...read]);
  return tf.pad4d(samples, [[0, 0], rows.padding, columns.padding, [0, 0]]);
}

interface InputRange {
  readonly begin: number;
  readonly size: number;
  readonly padding: [number, number];
}

/** Picks `length` positions along an axis, `stride` apart, beginning with `start`. */
function everyNth(
  tf: TensorFlow,
  values: Tensor4D,
  axis: number,
  start: number,
  stride: number,
  length: number,
): Tensor4D {
  const begin = [0, 0, 0, 0];
  const end: number[] = [...values.shape];
  const steps = [1, 1, 1, 1];
  begin[axis] = start;
  end[axis] = start + stride * (length - 1) + 1;
  steps[axis] = stride;
  return tf.stridedSlice(values, begin, end, steps) as Tensor4D;
}
