import {
  type AffineMap,
  type BackendAdapter,
  type CalibrationRows,
  errorOfSamples,
  type MeasuredRows,
} from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** The maximum number of input values to predict from at a time: 4 MiB of float32. */
const numbersAtOnce = 2 ** 20;

/**
 * Measures the error of a layer's predictions on rows that it wasn't solved on. Weights and products are in
 * the floats of the device, as in the student, so that the error includes the cost of large weights or large
 * means.
 *
 * Source: docs/math.md, section 1.
 */
export async function predictedError(
  tf: TensorFlow,
  read: BackendAdapter<Tensor>['read'],
  { inputs, targets, rowsPerSample = 1 }: CalibrationRows,
  { kernel, bias }: AffineMap,
): Promise<MeasuredRows> {
  const [patchSize, outFeatures] = kernel.shape as [number, number];
  const count = inputs.shape[0]!;
  const errors = new Float64Array(count / rowsPerSample);
  const weights = tf.tensor2d(Float32Array.from(kernel.data), [patchSize, outFeatures]);
  const offset = tf.tensor1d(Float32Array.from(bias.data));
  const rowsAtOnce = Math.max(1, Math.floor(numbersAtOnce / patchSize));
  try {
    for (let start = 0; start < count; start += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - start);
      const part = Float32Array.from(inputs.data.subarray(start * patchSize, (start + rows) * patchSize));
      const predicted = tf.tidy(() =>
        tf.add(tf.matMul(tf.tensor2d(part, [rows, patchSize]), weights), offset),
      );
      try {
        const values = await read(predicted);
        for (let index = 0; index < values.length; index++) {
          const row = start + Math.floor(index / outFeatures);
          const error = values[index]! - targets.data[start * outFeatures + index]!;
          errors[Math.floor(row / rowsPerSample)]! += (error * error) / rowsPerSample;
        }
      } finally {
        predicted.dispose();
      }
    }
  } finally {
    weights.dispose();
    offset.dispose();
  }
  return { ...errorOfSamples(errors, targets), sampleErrors: errors };
}
