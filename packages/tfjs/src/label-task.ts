import { FuseInitError } from '@fuseinit/core';
import { namesOf } from './network/layer-internals.js';
import { outputActivation } from './network/output-activation.js';
import { requireModel } from './network/require-model.js';
import type { LayersModel, Tensor } from './tensorflow.js';

/** A loss: the name that `compile` accepts, or a function of labels and predictions. */
export type Loss = string | ((labels: Tensor, predictions: Tensor) => Tensor);

/**
 * The purpose of an output. `classification`: a sample belongs to one class, that of the largest output, or
 * class 1 if the single output is above a threshold. `multiLabel`: each number of the output states
 * independently whether its label applies. `regression`: the output predicts numbers.
 */
export type LabelTask = 'classification' | 'multiLabel' | 'regression';

const classLosses = new Set([
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'categoricalHinge',
]);
/** The losses among these for samples that belong to one class. */
const oneClassLosses = new Set([
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'categoricalHinge',
]);
const numberLosses = new Set([
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'logcosh',
  'poisson',
  'cosineProximity',
]);

/**
 * Determines the task of a model's first output. A softmax or a cross-entropy indicates classification; so do
 * sigmoids, unless the model was trained with a regression loss. A linear output is for regression only if
 * the loss says so.
 *
 * @returns The task, or undefined if neither the last layers nor the compiled loss determine it.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 */
export function outputTask(model: LayersModel): LabelTask | undefined {
  requireModel(model);
  const loss = compiledLossName(model);
  const activation = outputActivation(model);
  if (activation === 'softmax' || activation === 'logSoftmax') return 'classification';
  if (loss !== undefined && classLosses.has(loss)) return 'classification';
  const isOfNumbers = loss !== undefined && numberLosses.has(loss);
  if (activation === 'sigmoid') return isOfNumbers ? undefined : 'classification';
  return isOfNumbers ? 'regression' : undefined;
}

/**
 * The threshold above which an output of a model means class 1, or that a label applies: 0.5 for a
 * probability, 0 for a logit.
 *
 * @throws ARGUMENT_INVALID if the last layers don't show which of the two the output is.
 */
export function classThreshold(model: LayersModel): number {
  const activation = outputActivation(model);
  // TensorFlow.js computes this loss on probabilities only, whichever layer outputs them.
  if (
    activation === 'sigmoid' ||
    activation === 'softmax' ||
    compiledLossName(model) === 'binaryCrossentropy'
  )
    return 0.5;
  if (activation === 'linear') return 0;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `The model's last layers don't tell whether ${outputWidth(model) === 1 ? 'its one output is a probability or a logit' : 'its outputs are probabilities or logits'}. Give the threshold above which an output stands for 1: 0.5 for a probability, 0 for a logit.`,
  );
}

/** The properties of labels that help to determine their task. */
export interface LabelEvidence {
  /** The number of labels for each sample. */
  readonly numbers: number;
  /** Whether all labels are 0 or 1. */
  readonly areBinary: boolean;
  /** Whether there is one label for each sample, stored in an integer type. */
  readonly areIndices: boolean;
  /** Whether the labels of every sample are a single 1 among zeros. */
  readonly areOneHot: boolean;
}

/**
 * Examines labels.
 *
 * @param labels The labels, [samples] or [samples, ...output] numbers.
 */
export function labelEvidence(labels: ArrayLike<number>, samples: number): LabelEvidence {
  const values = Array.from(labels);
  const numbers = values.length / samples;
  const areBinary = values.every((label) => label === 0 || label === 1);
  const ones = new Int32Array(samples);
  for (const [index, value] of values.entries()) if (value === 1) ones[Math.floor(index / numbers)]!++;
  return {
    numbers,
    areBinary,
    areIndices: numbers === 1 && ArrayBuffer.isView(labels) && !/^Float/.test(labels.constructor.name),
    areOneHot: numbers > 1 && areBinary && ones.every((count) => count === 1),
  };
}

/**
 * Whether the several numbers of a model's first output are independent probabilities, one for each label:
 * they are sigmoids or were trained as such, and not to predict a single class.
 */
export function hasIndependentOutputs(model: LayersModel): boolean {
  const loss = compiledLossName(model);
  const isProbability =
    loss === 'binaryCrossentropy' ||
    (outputActivation(model) === 'sigmoid' && outputTask(model) === 'classification');
  return isProbability && !oneClassLosses.has(loss ?? '');
}

/**
 * Converts class labels to indices. One-hot rows, as wide as there are outputs, become the indices of their
 * ones.
 *
 * @param labels The labels: [samples] indices, or [samples, width] one-hot rows.
 * @throws SHAPE_MISMATCH, ARGUMENT_INVALID for labels that are neither.
 */
export function classIndices(labels: ArrayLike<number>, samples: number, width: number): ArrayLike<number> {
  if (labels.length === samples) return labels;
  if (width === 1 || labels.length !== samples * width) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${labels.length} labels came for ${samples} samples: one for each was expected, which is the index of its class.`,
    );
  }
  return Int32Array.from({ length: samples }, (_, sample) => {
    const row = Array.from({ length: width }, (_, index) => labels[sample * width + index]!);
    const hot = row.indexOf(1);
    if (hot >= 0 && row.every((value, index) => value === Number(index === hot))) return hot;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The labels of sample ${sample} are no one-hot row: a single 1 among zeros, or the index of its class, was expected.`,
    );
  });
}

/** Information from the caller in addition to the labels and the model. */
export interface LabelTaskOptions {
  /** Advice for error messages: how to state the task. */
  readonly advice?: string;
  /**
   * Whether each output is the probability of a label of its own. Defaults to {@link hasIndependentOutputs}.
   */
  readonly areIndependent?: boolean;
}

/**
 * Determines the task of labels from the last layers of a model or, failing that, from the labels. Rows of
 * numbers are for regression unless they are one-hot, or all 0 and 1: then for independent outputs they are
 * several labels, and for others the task is ambiguous. A single integer for each sample is a class if the
 * model has several outputs.
 *
 * @throws SHAPE_MISMATCH if the number of labels for a sample doesn't match the outputs.
 * @throws ARGUMENT_INVALID if the task is ambiguous.
 * @throws MODEL_UNSUPPORTED for an output of unknown width.
 */
export function labelTask(
  model: LayersModel,
  { numbers, areBinary, areIndices, areOneHot }: LabelEvidence,
  {
    advice = "Say which task it is: 'classification' for indices of classes, 'multiLabel' for a 0 or 1 for each output, or 'regression' for numbers.",
    areIndependent = hasIndependentOutputs(model),
  }: LabelTaskOptions = {},
): LabelTask {
  const told = areIndependent ? 'classification' : outputTask(model);
  const width = outputWidth(model);
  const undecided = (why: string) => new FuseInitError('ARGUMENT_INVALID', `${why}. ${advice}`);
  if (numbers === width) {
    if (told === 'regression') return told;
    if (areOneHot && isRow(model)) return 'classification';
    if (width > 1 && areIndependent && areBinary) return 'multiLabel';
    if (!areBinary && (width === 1 || told === undefined)) return 'regression';
    if (width === 1 && told) return told;
    throw undecided(
      told === undefined
        ? `All labels are 0 or 1, and no sigmoid stands before the ${width === 1 ? 'one output' : `${width} outputs`} of the model`
        : `The labels are ${width} numbers a sample, which are not ${areIndependent ? 'all 0 or 1, and each output of the model is the probability of a label' : "one-hot, and the model's end scores classes"}`,
    );
  }
  if (numbers !== 1 || told === 'regression') {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `There are ${Number(numbers.toFixed(2))} labels for each sample, and the model has ${width === 1 ? 'one output' : `${width} outputs`}: ${told === 'regression' ? '' : 'one class or '}${width === 1 ? 'one number' : `${width} numbers`} a sample ${width === 1 ? 'was' : 'were'} expected.`,
    );
  }
  if (told || areIndices) return 'classification';
  throw undecided(
    `There is one label for each sample, the model has ${width} outputs, and neither its last layers nor the type of the labels tells whether they are classes`,
  );
}

/**
 * The number of values in a model's first output for one sample.
 *
 * @throws MODEL_UNSUPPORTED if the shape leaves that open.
 */
export function outputWidth(model: LayersModel): number {
  const { shape } = model.outputs[0]!;
  const lengths = shape.slice(1);
  if (lengths.every((length) => length !== null)) {
    return lengths.reduce((product, length) => product * length, 1);
  }
  throw new FuseInitError(
    'MODEL_UNSUPPORTED',
    `The model's first output is [${shape.map((length) => length ?? 'any').join(', ')}]: labels can be held against one of a known shape only.`,
  );
}

/** Whether the first output for a sample is a single row of numbers, among which a class can be chosen. */
function isRow(model: LayersModel): boolean {
  return model.outputs[0]!.shape.at(-1) === outputWidth(model);
}

/**
 * The name of the first output's loss; undefined if the model isn't compiled, or if the loss is a function.
 */
function compiledLossName(model: LayersModel): string | undefined {
  const loss = compiledLosses(model, namesOf(model.outputs))?.[0];
  return typeof loss === 'string' ? loss : undefined;
}

/** The losses that a model was compiled with, one for each output; undefined if it isn't compiled. */
export function compiledLosses(
  model: LayersModel,
  outputNames: readonly string[],
): readonly Loss[] | undefined {
  const { loss } = model as unknown as { readonly loss?: Loss | readonly Loss[] | Record<string, Loss> };
  if (loss === undefined) return undefined;
  if (Array.isArray(loss)) return loss as readonly Loss[];
  return outputNames.map((name) =>
    typeof loss === 'object' ? (loss as Readonly<Record<string, Loss>>)[name]! : loss,
  );
}
