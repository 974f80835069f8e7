import { FuseInitError } from '@fuseinit/core';
import { namesOf } from './network/layer-internals.js';
import { outputActivation } from './network/output-activation.js';
import { requireModel } from './network/require-model.js';
import type { LayersModel, Tensor } from './tensorflow.js';

/** A loss by the name that `compile` takes, or a function of labels and predictions. */
export type Loss = string | ((labels: Tensor, predictions: Tensor) => Tensor);

/** What an output is for: it tells classes apart, or predicts numbers. */
export type LabelTask = 'classification' | 'regression';

const classLosses = new Set([
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
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
 * The task that a model's first output shows: a softmax or a cross-entropy tells classes apart, sigmoids do so unless they
 * were trained on a loss of numbers, and a linear end was trained on numbers only if its loss says so.
 *
 * @returns Undefined where neither the last layers nor the loss that the model was compiled with tell the task.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
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
 * The number above which a model's one output stands for class 1: 0.5 for a probability, 0 for a logit.
 *
 * @throws ARGUMENT_INVALID where the last layers don't tell which of them it is.
 */
export function classThreshold(model: LayersModel): number {
  const activation = outputActivation(model);
  // TensorFlow.js takes this loss on probabilities only, whatever gives them.
  if (
    activation === 'sigmoid' ||
    activation === 'softmax' ||
    compiledLossName(model) === 'binaryCrossentropy'
  )
    return 0.5;
  if (activation === 'linear') return 0;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    "The model's last layers don't tell whether its one output is a probability or a logit. Give the threshold above which it stands for class 1: 0.5 for a probability, 0 for a logit.",
  );
}

/** What labels are, as far as it tells their task. */
export interface LabelEvidence {
  /** How many a sample has. */
  readonly numbers: number;
  /** Whether all are 0 or 1. */
  readonly areBinary: boolean;
  /** Whether they are one integer a sample that is stored as such. */
  readonly areIndices: boolean;
  /** Whether every sample has a single 1 among zeros. */
  readonly areOneHot: boolean;
}

/** @param labels [samples] or [samples, ...output] numbers. */
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
 * The task that labels are for, as the model's end tells it, or else the labels: rows of numbers are for regression unless
 * they are one-hot, and one integer a sample is a class where there are several outputs.
 *
 * @param advice In words, how the caller says which task it is.
 * @throws SHAPE_MISMATCH for another number of labels than of outputs.
 * @throws ARGUMENT_INVALID where labels may be for either task.
 * @throws MODEL_UNSUPPORTED for an output of unknown width.
 */
export function labelTask(
  model: LayersModel,
  { numbers, areBinary, areIndices, areOneHot }: LabelEvidence,
  advice = "Say which task it is: 'classification' for indices of classes, or 'regression' for numbers.",
): LabelTask {
  const told = outputTask(model);
  const width = outputWidth(model);
  const undecided = (why: string) => new FuseInitError('ARGUMENT_INVALID', `${why}. ${advice}`);
  if (numbers === width) {
    if (told === 'regression') return told;
    if (areOneHot) return 'classification';
    if (width === 1 ? !areBinary : told === undefined) return 'regression';
    if (width === 1 && told) return told;
    throw undecided(
      width === 1
        ? 'All labels are 0 or 1, and no sigmoid stands before the one output of the model'
        : `The labels are ${width} numbers a sample, which are not one-hot, and the model's end scores classes`,
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
 * How many numbers a model's first output gives for a sample.
 *
 * @throws MODEL_UNSUPPORTED where its shape leaves that open.
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

/** Of the first output; undefined where the model isn't compiled, or with a function. */
function compiledLossName(model: LayersModel): string | undefined {
  const loss = compiledLosses(model, namesOf(model.outputs))?.[0];
  return typeof loss === 'string' ? loss : undefined;
}

/** The losses that a model was compiled with, one for each output; undefined where it isn't compiled. */
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
