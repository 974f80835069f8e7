import type { Tensor, Tensor2D, Tensor4D, TensorFlow } from '../tensorflow.js';
import { blocksOf, type ChunkPart, type DeviceChunk } from './device-chunks.js';
import type { Window2d } from './window-2d.js';

/**
 * The products of all columns of patches and targets with one another: with the columns `[patch, target, 1]` as `A`,
 * `A^T A` [columns, columns] holds every sum that moments are made of.
 */
export function deviceProducts(tf: TensorFlow, chunk: DeviceChunk, part: ChunkPart): Tensor {
  return tf.tidy(() => {
    const { targets, targetShift, window } = chunk;
    const outFeatures = targetShift.length;
    const rows = part.samples * part.rows * window.outputSize[1];
    const ofPart = targets.slice(
      [part.firstSample, part.firstRow, 0, 0],
      [part.samples, part.rows, window.outputSize[1], outFeatures],
    );
    const columns = tf.concat2d(
      [
        patchesOf(tf, chunk, part),
        lessShift(tf, ofPart, targetShift).reshape([rows, outFeatures]) as Tensor2D,
        tf.ones([rows, 1]),
      ],
      1,
    );
    const { blocks, rows: blockRows } = blocksOf(rows);
    // Rows of zeros add nothing to a product.
    const even = tf.pad2d(columns, [
      [0, blocks * blockRows - rows],
      [0, 0],
    ]);
    const stacked = even.reshape([blocks, blockRows, columns.shape[1]]);
    return tf.sum(tf.matMul(stacked, stacked, true, false), 0);
  });
}

/** What each output position of a part reads: [positions, kernelHeight * kernelWidth * channels]. */
function patchesOf(tf: TensorFlow, { images, window, shift }: DeviceChunk, part: ChunkPart): Tensor2D {
  const { kernelSize, strides, dilationRate } = window;
  const [, ...sampleShape] = images.shape;
  const samples = images.slice([part.firstSample, 0, 0, 0], [part.samples, ...sampleShape]);
  const padded = lessShift(tf, inWindow(tf, samples, window), shift);
  const outputSize = [part.rows, window.outputSize[1]] as const;
  // Rows that no output row of this part reads would only take room.
  const height = strides[0] * (part.rows - 1) + dilationRate[0] * (kernelSize[0] - 1) + 1;
  const [count, , width, channels] = padded.shape;
  let patches = padded.slice([0, part.firstRow * strides[0], 0, 0], [count, height, width, channels]);
  // Along one axis and then the other: kernelHeight + kernelWidth slices, where one per position would be their product.
  for (const axis of [1, 0] as const) {
    const taps = Array.from({ length: kernelSize[axis] }, (_, tap) =>
      everyNth(tf, patches, axis + 1, tap * dilationRate[axis], strides[axis], outputSize[axis]),
    );
    patches = taps.length > 1 ? tf.concat4d(taps, 3) : taps[0]!;
  }
  return patches.reshape([part.samples * outputSize[0] * outputSize[1], -1]);
}

/** Samples padded and cropped as the window asks. */
function inWindow(tf: TensorFlow, samples: Tensor4D, { padding }: Window2d): Tensor4D {
  const [top, left] = padding.map(
    ([before, after]) => [Math.max(0, before), Math.max(0, after)] as [number, number],
  );
  const padded = tf.pad4d(samples, [[0, 0], top!, left!, [0, 0]]);
  const [count, height, width, channels] = padded.shape;
  const cropped = padding.map(([before, after]) => [Math.max(0, -before), Math.max(0, -after)] as const);
  const [[above, below], [before, after]] = cropped as [readonly [number, number], readonly [number, number]];
  if (above + below + before + after === 0) return padded;
  return padded.slice(
    [0, above, before, 0],
    [count, height - above - below, width - before - after, channels],
  );
}

/** `length` positions along an axis, from `start` on, `stride` apart. */
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

function lessShift(tf: TensorFlow, values: Tensor4D, shift: Float64Array): Tensor4D {
  return shift.some((value) => value !== 0) ? values.sub(tf.tensor1d(Float32Array.from(shift))) : values;
}
