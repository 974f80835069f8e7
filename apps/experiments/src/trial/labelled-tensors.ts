import type { Samples, Task } from '@fuseinit/datasets';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';

/** Samples on the device. */
export interface LabelledTensors {
  /** [count, ...inputShape] */
  readonly inputs: Tensor;
  /** One-hot [count, classes], or [count, 1]. */
  readonly labels: Tensor;
  /** Class indices or values, [count]. */
  readonly targets: Float32Array;
}

/** Some rows of a set as tensors, in the order given. */
export function labelledTensors(
  tf: TensorFlow,
  { inputs, inputShape, targets }: Samples,
  task: Task,
  rows: Uint32Array,
): LabelledTensors {
  const size = inputShape.reduce((product, length) => product * length, 1);
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, index) => {
    picked.set(inputs.subarray(row * size, (row + 1) * size), index * size);
  });
  const values = Float32Array.from(rows, (row) => targets[row]!);
  const labels = tf.tidy(() =>
    task.kind === 'classification'
      ? tf.oneHot(tf.tensor1d(values, 'int32'), task.classes.length).toFloat()
      : tf.tensor2d(values, [rows.length, 1]),
  );
  return { inputs: tf.tensor(picked, [rows.length, ...inputShape]), labels, targets: values };
}
