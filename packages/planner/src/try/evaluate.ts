import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import {
  classIndices,
  classThreshold,
  type LabelTask,
  labelEvidence,
  labelTask,
  outputWidth,
  predictBatch,
} from '@fuseinit/tfjs/internal';

/** Inputs of a model with the expected value of its first output for each: a class index, or numbers. */
export interface LabelledData {
  readonly data: Float32Array;
  /** [count, ...sample] */
  readonly shape: readonly number[];
  /**
   * [count] class indices (0 or 1 for a single output), or [count, ...output] numbers: one-hot rows, 0 or 1
   * for each label of a multi-label output, or arbitrary values for regression.
   */
  readonly labels: ArrayLike<number>;
  /** The task of the labels. Default: inferred from the model's last layers and the labels. */
  readonly task?: LabelTask;
  /**
   * The threshold above which a single output means class 1, or an output of a multi-label model means that
   * the label applies. Default: 0.5 for a probability and 0 for a logit.
   */
  readonly threshold?: number;
}

/** The score of a model on labelled data. */
export type Score = AccuracyScore | LabelScore | ErrorScore;

/** The score of a classification output. */
export interface AccuracyScore {
  readonly kind: 'accuracy';
  /** The share of samples, from 0 to 1, whose largest output is that of the label. */
  readonly value: number;
  /** The number of samples. */
  readonly count: number;
}

/** The score of a multi-label output, in which each number predicts one label independently. */
export interface LabelScore {
  readonly kind: 'binaryAccuracy';
  /** The share of correct labels over all samples: the BinaryAccuracy of Keras. */
  readonly value: number;
  /** The share of samples for which every label is correct. */
  readonly exactMatch: number;
  /** The number of samples. */
  readonly count: number;
}

/** The score of a regression output. */
export interface ErrorScore {
  readonly kind: 'error';
  /** The mean square error over all outputs. */
  readonly value: number;
  /** The number of samples. */
  readonly count: number;
}

/**
 * Scores a model: by accuracy for classification, by binary accuracy for multi-label outputs, otherwise by
 * the mean square error.
 *
 * @throws SHAPE_MISMATCH when there are not as many labels as samples and outputs, or the model reads another
 * shape.
 * @throws MODEL_UNSUPPORTED for a model that TensorFlow.js can't run, or whose output isn't one row of
 *   classes for each sample.
 * @throws ARGUMENT_INVALID for a label that is no class of the model, or neither 0 nor 1 for a multi-label
 *   output; or where the task or the threshold can't be determined.
 * @throws VALUE_NOT_FINITE where the model predicts NaN.
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
  const scoreOf = sampleScore(task, model, labelled, count);
  const size = data.length / count;
  let [sum, exact] = [0, 0];
  for (let first = 0; first < count; first += batchSize) {
    const end = Math.min(count, first + batchSize);
    const batch = data.subarray(first * size, end * size);
    const outputs = await outputsOf(tf, model, batch, [end - first, ...sample]);
    for (let row = first; row < end; row++) {
      const score = scoreOf(outputs.subarray((row - first) * width, (row - first + 1) * width), row);
      sum += score;
      if (score === 1) exact++;
    }
  }
  const value = sum / count;
  if (task === 'multiLabel') return { kind: 'binaryAccuracy', value, exactMatch: exact / count, count };
  return { kind: task === 'classification' ? 'accuracy' : 'error', value, count };
}

/**
 * Combines the scores of several parts of a data set into one.
 *
 * @throws ARGUMENT_INVALID when `parts` is empty.
 */
export function joinScores(parts: readonly Score[]): Score {
  const [first] = parts;
  if (!first) throw new FuseInitError('ARGUMENT_INVALID', 'No score came: one at least was expected.');
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const mean = (of: (part: Score) => number) =>
    parts.reduce((sum, part) => sum + of(part) * part.count, 0) / count;
  const value = mean((part) => part.value);
  if (first.kind !== 'binaryAccuracy') return { ...first, value, count };
  return { ...first, value, exactMatch: mean((part) => (part as LabelScore).exactMatch), count };
}

/** Computes the contribution of one sample to the score. */
type SampleScore = (outputs: Float32Array, row: number) => number;

function sampleScore(
  task: LabelTask,
  model: LayersModel,
  { labels, threshold }: LabelledData,
  count: number,
): SampleScore {
  if (task === 'classification') return correct(model, labels, count, threshold);
  requireWidth(labels, count, outputWidth(model), task);
  return task === 'multiLabel' ? rightShare(model, labels, threshold) : squareError(model, labels);
}

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
  const classes = classIndices(labels, count, width);
  requireClasses(classes, Math.max(2, width));
  if (width > 1) return (outputs, row) => Number(largest(outputs) === classes[row]);
  const above = threshold ?? classThreshold(model);
  return ([output], row) => Number(Number(output! > above) === classes[row]);
}

/** Scores a sample by the share of its labels that are correct. */
function rightShare(model: LayersModel, labels: ArrayLike<number>, threshold?: number): SampleScore {
  const width = outputWidth(model);
  requireNumbers(labels, width, (label) => label === 0 || label === 1, '0 or 1 was expected for each output');
  const above = threshold ?? classThreshold(model);
  return (outputs, row) => {
    let right = 0;
    for (const [index, output] of outputs.entries())
      if (Number(output > above) === labels[row * width + index]) right++;
    return right / width;
  };
}

function squareError(model: LayersModel, labels: ArrayLike<number>): SampleScore {
  const width = outputWidth(model);
  requireNumbers(labels, width, Number.isFinite, 'finite numbers were expected');
  return (outputs, row) =>
    outputs.reduce((sum, output, index) => sum + (output - labels[row * width + index]!) ** 2, 0) / width;
}

function requireWidth(labels: ArrayLike<number>, count: number, width: number, task: LabelTask): void {
  if (labels.length === count * width) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `${labels.length} labels came for ${count} samples of ${width} outputs: ${count * width} were expected, ${task === 'multiLabel' ? '0 or 1' : 'a number'} for each output.`,
  );
}

function requireNumbers(
  labels: ArrayLike<number>,
  width: number,
  fits: (label: number) => boolean,
  expected: string,
): void {
  const odd = Array.prototype.findIndex.call(labels, (label) => !fits(label));
  if (odd === -1) return;
  const which = width === 1 ? 'The label' : `Label ${odd % width}`;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${which} of sample ${Math.floor(odd / width)} is ${labels[odd]}: ${expected}.`,
  );
}

async function outputsOf(
  tf: TensorFlow,
  model: LayersModel,
  data: Float32Array,
  shape: number[],
): Promise<Float32Array> {
  const output = tf.tidy(() => predictBatch(model, [tf.tensor(data, shape)])[0]!);
  try {
    const values = (await output.data()) as Float32Array;
    if (!values.some(Number.isNaN)) return values;
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      "The model's first output has NaN: no score can be given. Look for such a value in the data or the weights.",
    );
  } finally {
    output.dispose();
  }
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
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
