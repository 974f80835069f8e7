import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import {
  classThreshold,
  type LabelTask,
  labelEvidence,
  labelTask,
  outputWidth,
  predictBatch,
} from '@fuseinit/tfjs/internal';

/** Inputs of a model, and of each what its first output should be: a class's index, or numbers. */
export interface LabelledData {
  readonly data: Float32Array;
  /** [count, ...sample] */
  readonly shape: readonly number[];
  /** [count] indices of classes, 0 or 1 for one output; or [count, ...output] numbers. */
  readonly labels: ArrayLike<number>;
  /** What the labels are for; without it, what the model's end and the labels tell. */
  readonly task?: LabelTask;
  /** Above which one output stands for class 1; without it, 0.5 for a probability and 0 for a logit. */
  readonly threshold?: number;
}

/** How good a model is. */
export interface Score {
  /**
   * `accuracy`: the share of samples whose largest output is the label's. `error`: the mean square error over all outputs.
   */
  readonly kind: 'accuracy' | 'error';
  readonly value: number;
  readonly count: number;
}

/**
 * Accuracy where the labels are for classification, else the mean square error.
 *
 * @throws SHAPE_MISMATCH when there are not as many labels as samples and outputs, or the model reads another shape.
 * @throws MODEL_UNSUPPORTED for a model that TensorFlow.js can't run, or whose output isn't one row of classes.
 * @throws ARGUMENT_INVALID for a label that is no class of the model; where nothing tells the task or the threshold.
 */
export async function evaluate(
  tf: TensorFlow,
  model: LayersModel,
  labelled: LabelledData,
  batchSize = 256,
): Promise<Score> {
  const { data, shape, labels } = labelled;
  const [count = 0, ...sample] = shape;
  if (count === 0) throw new FuseInitError('SHAPE_MISMATCH', 'No sample came: one at least was expected.');
  const task = labelled.task ?? labelTask(model, labelEvidence(labels, count));
  const width = outputWidth(model);
  const scoreOf =
    task === 'classification'
      ? correct(model, labels, count, labelled.threshold)
      : squareError(labels, count, width);
  const size = data.length / count;
  let sum = 0;
  for (let first = 0; first < count; first += batchSize) {
    const end = Math.min(count, first + batchSize);
    const batch = data.subarray(first * size, end * size);
    const outputs = await outputsOf(tf, model, batch, [end - first, ...sample]);
    for (let row = first; row < end; row++) {
      sum += scoreOf(outputs.subarray((row - first) * width, (row - first + 1) * width), row);
    }
  }
  return { kind: task === 'classification' ? 'accuracy' : 'error', value: sum / count, count };
}

/** What a sample adds to the score. */
type SampleScore = (outputs: Float32Array, row: number) => number;

function correct(
  model: LayersModel,
  labels: ArrayLike<number>,
  count: number,
  threshold?: number,
): SampleScore {
  const width = outputWidth(model);
  const { shape } = model.outputs[0]!;
  if (shape.at(-1) !== width) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The model's first output is [${shape.map((length) => length ?? 'batch').join(', ')}]: accuracy is known for one row of classes a sample only.`,
    );
  }
  if (labels.length !== count) throw wrongCount(labels.length, count);
  requireClasses(labels, Math.max(2, width));
  if (width > 1) return (outputs, row) => Number(largest(outputs) === labels[row]);
  const above = threshold ?? classThreshold(model);
  return ([output], row) => Number(Number(output! > above) === labels[row]);
}

function squareError(labels: ArrayLike<number>, count: number, width: number): SampleScore {
  if (labels.length !== count * width) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${labels.length} labels came for ${count} samples of ${width} outputs: ${count * width} were expected, a number for each output.`,
    );
  }
  const odd = Array.prototype.findIndex.call(labels, (label) => !Number.isFinite(label));
  if (odd !== -1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The label of sample ${Math.floor(odd / width)} is ${labels[odd]}: finite numbers were expected.`,
    );
  }
  return (outputs, row) =>
    outputs.reduce((sum, output, index) => sum + (output - labels[row * width + index]!) ** 2, 0) / width;
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

function wrongCount(labels: number, count: number): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `${labels} labels came for ${count} samples: one for each was expected, which is the index of its class.`,
  );
}

function requireClasses(labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The label of sample ${row} is ${label}: an integer from 0 to ${classes - 1} was expected, since the model tells ${classes} classes apart.`,
    );
  }
}
