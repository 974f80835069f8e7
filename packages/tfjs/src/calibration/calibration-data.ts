import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor } from '../tensorflow.js';

/** Numbers with their shape, batch first, in row-major order. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * One batch of inputs: an entry for each of the model's inputs, or the entry itself for a model with one
 * input.
 */
export type CalibrationBatch = Tensor | ShapedArray | readonly (Tensor | ShapedArray)[];

/**
 * Samples of a known number that are read by their index, such as those of files: `openData` of the package
 * `@fuseinit/data-files` returns such data. Samples are drawn from all of them, as from a tensor.
 */
export interface IndexedData {
  /** The number of all samples, including those that `indices` leaves out. */
  readonly count: number;
  /**
   * The indices of the samples to use, from 0 and in ascending order. Samples are held out by their index, so
   * that a part of the data holds out the same samples as the whole. Defaults to all samples.
   */
  readonly indices?: ArrayLike<number>;
  /**
   * Reads the samples at ascending indices, in that order, in batches of `size` or of any other size. The
   * data are read several times, so that each call and each iteration must start from the beginning.
   */
  batches(size: number, chosen: { readonly indices: ArrayLike<number> }): AsyncIterable<CalibrationBatch>;
}

/**
 * Unlabelled inputs of the teacher: a tensor or an array with its shape for each input, a `tf.data.Dataset`
 * of batches (labels next to `xs` are ignored), samples that are read by their index, or an async iterable of
 * batches.
 *
 * Tensors remain the caller's, including those of batches that an iterable yields; the tensors of a dataset
 * are disposed after use. The batches of an iterator that can be run only once, such as a generator, are kept
 * in memory, since calibration reads the data several times.
 */
export type CalibrationData =
  | CalibrationBatch
  | tfjs.data.Dataset<tfjs.TensorContainer>
  | IndexedData
  | AsyncIterable<CalibrationBatch>;

/** Whether the data are an iterable of batches. */
export function isIterable(data: CalibrationData): data is AsyncIterable<CalibrationBatch> {
  return typeof data === 'object' && Symbol.asyncIterator in data;
}

/** Whether the data are a `tf.data.Dataset`. */
export function isDataset(data: CalibrationData): data is tfjs.data.Dataset<tfjs.TensorContainer> {
  return 'iterator' in data && typeof data.iterator === 'function' && 'forEachAsync' in data;
}

/** Whether the data are samples that are read by their index. */
export function isIndexedData(data: object): data is IndexedData {
  return 'count' in data && 'batches' in data && typeof data.batches === 'function';
}

/** Whether a value is a tensor, of any copy of TensorFlow.js. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
}

/** Whether a value is an array with its shape. */
export function isShapedArray(value: unknown): value is ShapedArray {
  return (
    typeof value === 'object' && value !== null && 'data' in value && 'shape' in value && !isTensor(value)
  );
}
