import type { Loss } from '@fuseinit/fine-tune';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import {
  type LabelTask,
  type OutputActivation,
  outputActivation,
  outputWidth,
} from '@fuseinit/tfjs/internal';
import type { LabelFormatOptions } from '../../data/data-options.js';
import { CliError } from '../../program/failure.js';

/**
 * The values of `--loss`: Keras's names. Without `FromLogits`, the model's last layers determine whether it
 * returns logits.
 */
export const lossNames = [
  'sparseCategoricalCrossentropy',
  'sparseCategoricalCrossentropyFromLogits',
  'binaryCrossentropy',
  'binaryCrossentropyFromLogits',
  'meanSquaredError',
  'meanAbsoluteError',
] as const;

export type LossName = (typeof lossNames)[number];

/** A loss on labels with its name. */
export interface LabelLoss {
  readonly name: LossName;
  readonly loss: Loss;
}

/** The task that a loss belongs to; undefined if it suits both. */
export function lossTask(loss: LossName | undefined, model: LayersModel): LabelFormatOptions['task'] {
  if (loss?.startsWith('sparse') || (loss?.startsWith('binary') && outputWidth(model) === 1))
    return 'classes';
  return loss !== undefined && outputWidth(model) === 1 ? 'regression' : undefined;
}

/**
 * Returns the loss on labels: the chosen one, or the one that suits the labels' task and the model's last
 * activation. Several sigmoids are trained one-versus-rest if labels are class indices, and as independent
 * labels if there is a 0 or 1 for each output.
 *
 * @throws CliError USAGE if the loss can't be determined from the model's last layers, or a classification
 *   loss is chosen for a model without classes.
 */
export function labelLoss(tf: TensorFlow, model: LayersModel, task: LabelTask, asked?: LossName): LabelLoss {
  const classes = task === 'classification' ? outputWidth(model) : undefined;
  const activation = outputActivation(model);
  const givesLogits = activation === 'linear' || activation === 'logSoftmax';
  const suited = () => (task === 'multiLabel' ? ofLabels(activation) : suitable(classes, activation));
  const name = withLogits(asked ?? suited(), givesLogits);
  if ((classes ?? 1) === 1 && name.startsWith('sparse')) {
    throw new CliError(
      'USAGE',
      classes === 1
        ? `--loss ${asked} needs an output for each class, and the model has one output: binaryCrossentropy tells two classes apart by it.`
        : `--loss ${asked} needs indices of classes, and labels are read as ${task === 'multiLabel' ? 'a 0 or 1 for each output: take binaryCrossentropy' : 'numbers by --task regression: leave one of them out'}.`,
    );
  }
  return { name, loss: lossOf(tf, name, classes) };
}

/** Returns the loss of a multi-label output. */
function ofLabels(activation: OutputActivation): LossName {
  if (activation === 'sigmoid' || activation === 'linear') return 'binaryCrossentropy';
  throw new CliError(
    'USAGE',
    "The model's last layers don't tell whether its outputs are probabilities or logits of labels: say --loss binaryCrossentropy for probabilities, or binaryCrossentropyFromLogits.",
  );
}

/** @param classes The number of classes; undefined for regression. */
function suitable(classes: number | undefined, activation: OutputActivation): LossName {
  if (classes === undefined) return 'meanSquaredError';
  if (classes > 1) {
    if (activation === 'sigmoid') return 'binaryCrossentropy';
    if (activation !== 'other') return 'sparseCategoricalCrossentropy';
    throw new CliError(
      'USAGE',
      "The model's last layers don't tell whether its outputs are probabilities or logits: say --loss sparseCategoricalCrossentropy for probabilities of classes, or sparseCategoricalCrossentropyFromLogits.",
    );
  }
  if (activation === 'sigmoid' || activation === 'linear') return 'binaryCrossentropy';
  throw new CliError(
    'USAGE',
    "The model's last layers don't tell whether its one output is a probability or a logit: say --loss binaryCrossentropy for a probability, or binaryCrossentropyFromLogits.",
  );
}

function withLogits(name: LossName, givesLogits: boolean): LossName {
  const fromLogits = `${name}FromLogits` as LossName;
  return givesLogits && lossNames.includes(fromLogits) ? fromLogits : name;
}

function lossOf(tf: TensorFlow, name: LossName, classes: number | undefined): Loss {
  const targets = (labels: Tensor, outputs: Tensor): Tensor =>
    classes === undefined || classes === 1
      ? labels.reshapeAs(outputs)
      : tf.oneHot(labels.flatten().toInt(), classes).toFloat();
  switch (name) {
    case 'sparseCategoricalCrossentropyFromLogits':
      return (labels, logits) => tf.losses.softmaxCrossEntropy(targets(labels, logits), logits);
    case 'binaryCrossentropyFromLogits':
      return (labels, logits) => tf.losses.sigmoidCrossEntropy(targets(labels, logits), logits);
    case 'binaryCrossentropy':
      return (labels, probabilities) =>
        tf.metrics.binaryCrossentropy(targets(labels, probabilities), probabilities);
    case 'meanSquaredError':
      return (labels, values) => tf.losses.meanSquaredError(targets(labels, values), values);
    case 'meanAbsoluteError':
      return (labels, values) => tf.losses.absoluteDifference(targets(labels, values), values);
    default:
      return name;
  }
}
