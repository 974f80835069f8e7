import { FuseInitError } from '@fuseinit/core';
import { type LayersModel, predictBatch, type TensorFlow } from '@fuseinit/tfjs';

/** Inputs of a model, and of each what its first output should be: class indices, or numbers. */
export interface LabelledData {
  readonly data: Float32Array;
  /** [count, ...sample] */
  readonly shape: readonly number[];
  /** [count] */
  readonly labels: ArrayLike<number>;
}

/** How good a model is. */
export interface Score {
  /** `accuracy`: the share of samples whose largest output is the label's. `error`: the mean square error. */
  readonly kind: 'accuracy' | 'error';
  readonly value: number;
  readonly count: number;
}

/**
 * Accuracy where the model has an output for each class, or one that labels of 0 and 1 are told apart by; else the mean
 * square error.
 *
 * @throws SHAPE_MISMATCH when there are not as many labels as samples, or the model reads another shape.
 * @throws MODEL_UNSUPPORTED for a model that TensorFlow.js can't run.
 * @throws ARGUMENT_INVALID for a label that is no class of the model.
 */
export async function evaluate(
  tf: TensorFlow,
  model: LayersModel,
  { data, shape, labels }: LabelledData,
  batchSize = 256,
): Promise<Score> {
  const [count = 0, ...sample] = shape;
  requireLabels(labels.length, count);
  const size = data.length / count;
  const classes = model.outputs[0]!.shape.at(-1)!;
  const isBinary = classes === 1 && Array.from(labels).every((label) => label === 0 || label === 1);
  const kind = classes > 1 || isBinary ? 'accuracy' : 'error';
  if (classes > 1) requireClasses(labels, classes);
  let sum = 0;
  for (let first = 0; first < count; first += batchSize) {
    const end = Math.min(count, first + batchSize);
    const scores = await outputsOf(tf, model, data.subarray(first * size, end * size), [
      end - first,
      ...sample,
    ]);
    for (let row = first; row < end; row++) {
      const own = scores.subarray((row - first) * classes, (row - first + 1) * classes);
      if (kind === 'error') sum += (own[0]! - labels[row]!) ** 2;
      else if ((classes > 1 ? largest(own) : Number(own[0]! > 0.5)) === labels[row]) sum++;
    }
  }
  return { kind, value: sum / count, count };
}

async function outputsOf(
  tf: TensorFlow,
  model: LayersModel,
  data: Float32Array,
  shape: number[],
): Promise<Float32Array> {
  const output = tf.tidy(() => predictBatch(model, [tf.tensor(data, shape)])[0]!);
  try {
    return (await output.data()) as Float32Array;
  } finally {
    output.dispose();
  }
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

function requireLabels(labels: number, count: number): void {
  if (labels === count && count > 0) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `${labels} labels came for ${count} samples: one for each was expected.`,
  );
}

function requireClasses(labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The label of sample ${row} is ${label}: an integer from 0 to ${classes - 1} was expected, since the model has ${classes} classes.`,
    );
  }
}
