import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor } from '../tensorflow.js';

/** Numbers with their shape, batch first, row-major. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** What one batch can be: one entry for each of the model's inputs, or the entry alone for a single input. */
export type CalibrationBatch = Tensor | ShapedArray | readonly (Tensor | ShapedArray)[];

/**
 * Samples whose number is known and which are read by their index, such as those of files: `openData` of
 * @fuseinit/data-files gives one. Samples are drawn from the whole of them, as from a tensor.
 */
export interface IndexedData {
  /** Of all samples, those that `indices` leaves out included. */
  readonly count: number;
  /**
   * Of the samples to take, ascending, from 0. Which samples are held out goes by these, so that a part of
   * the data holds out the same as the whole. Default all.
   */
  readonly indices?: ArrayLike<number>;
  /**
   * The samples of some ascending indices, in that order, in batches of `size` or of any other size. The data
   * are passed over several times, so each call and each iteration must begin anew.
   */
  batches(size: number, chosen: { readonly indices: ArrayLike<number> }): AsyncIterable<CalibrationBatch>;
}

/**
 * Unlabelled inputs of the teacher: a tensor or an array with its shape for each input, a `tf.data.Dataset`
 * of batches (labels beside `xs` are left alone), samples that are read by their index, or an async iterable
 * of batches.
 *
 * Tensors stay the caller's, those of batches that are yielded too; a dataset's are disposed after use. An
 * iterator that can be run only once, such as a generator, is kept in memory, since calibration passes over
 * the data several times.
 */
export type CalibrationData =
  | CalibrationBatch
  | tfjs.data.Dataset<tfjs.TensorContainer>
  | IndexedData
  | AsyncIterable<CalibrationBatch>;

/** Whether batches come one after the other, and not all at once. */
export function isIterable(data: CalibrationData): data is AsyncIterable<CalibrationBatch> {
  return typeof data === 'object' && Symbol.asyncIterator in data;
}

/** Whether this is a `tf.data.Dataset`. */
export function isDataset(data: CalibrationData): data is tfjs.data.Dataset<tfjs.TensorContainer> {
  return 'iterator' in data && typeof data.iterator === 'function' && 'forEachAsync' in data;
}

/** Whether samples are read by their index. */
export function isIndexedData(data: object): data is IndexedData {
  return 'count' in data && 'batches' in data && typeof data.batches === 'function';
}

/** Whether this is a tensor, of whichever copy of tfjs. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
}

/** Whether this is an array with its shape. */
export function isShapedArray(value: unknown): value is ShapedArray {
  return (
    typeof value === 'object' && value !== null && 'data' in value && 'shape' in value && !isTensor(value)
  );
}
