import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { SampleSet } from '../protocol.js';

/** The first samples of a set, all of them if it holds fewer. */
export function firstSamples({ values, shape, labels }: SampleSet, count: number): SampleSet {
  const [total = 0, ...sample] = shape;
  const taken = Math.min(count, total);
  return {
    values: values.subarray(0, taken * sizeOfSample(shape)),
    shape: [taken, ...sample],
    labels: labels?.subarray(0, taken) ?? null,
  };
}

/** A tensor of some samples, picked by their index. */
export function pickedSamples(
  tf: TensorFlow,
  { values, shape }: SampleSet,
  indices: ArrayLike<number>,
): Tensor {
  const size = sizeOfSample(shape);
  const picked = new Float32Array(indices.length * size);
  Array.from(indices).forEach((index, row) => {
    picked.set(values.subarray(index * size, (index + 1) * size), row * size);
  });
  return tf.tensor(picked, [indices.length, ...shape.slice(1)]);
}

function sizeOfSample(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, length) => product * length, 1);
}
