import type { Task } from '@fuseinit/datasets';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { Score } from '../results/result-line.js';
import type { LabelledTensors } from './labelled-tensors.js';

const batchSize = 500;

/** Measures a model, at inference: accuracy and cross-entropy, or relative and plain mean square error. */
export async function scoreOf(
  tf: TensorFlow,
  model: LayersModel,
  { inputs, targets }: LabelledTensors,
  task: Task,
): Promise<Score> {
  const count = targets.length;
  let right = 0;
  let loss = 0;
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const output = tf.tidy(() => model.predictOnBatch(inputs.slice([start], [size])) as Tensor);
    const values = await output.data();
    output.dispose();
    const width = values.length / size;
    for (let row = 0; row < size; row++) {
      const target = targets[start + row]!;
      if (task.kind === 'regression') {
        loss += (values[row]! - target) ** 2;
        continue;
      }
      const classes = values.subarray(row * width, (row + 1) * width);
      if (classes.indexOf(Math.max(...classes)) === target) right++;
      // As tfjs cuts probabilities in its cross-entropy.
      loss -= Math.log(Math.max(classes[target]!, 1e-7));
    }
  }
  loss /= count;
  return { score: task.kind === 'regression' ? loss / variance(targets) : right / count, loss };
}

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
