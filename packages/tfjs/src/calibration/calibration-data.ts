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
 * Unlabelled inputs of the teacher: a tensor or an array with its shape for each input, a `tf.data.Dataset` of batches
 * (labels beside `xs` are left alone), or an async iterable of batches.
 *
 * Tensors stay the caller's, those that an iterable yields too; a dataset's are disposed after use. An iterator that
 * can be run only once, such as a generator, is kept in memory, since calibration passes over the data several times.
 */
export type CalibrationData =
  | CalibrationBatch
  | tfjs.data.Dataset<tfjs.TensorContainer>
  | AsyncIterable<CalibrationBatch>;

/** Whether batches come one after the other, and not all at once. */
export function isIterable(data: CalibrationData): data is AsyncIterable<CalibrationBatch> {
  return typeof data === 'object' && Symbol.asyncIterator in data;
}

/** Whether this is a `tf.data.Dataset`. */
export function isDataset(data: CalibrationData): data is tfjs.data.Dataset<tfjs.TensorContainer> {
  return 'iterator' in data && typeof data.iterator === 'function' && 'forEachAsync' in data;
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
