import { type LayersModel, type Loss, outputActivation, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { CliError } from '../../program/cli-error.js';

/** What `--loss` takes: the names of Keras; without `FromLogits`, the model's end tells whether it gives logits. */
export const lossNames = [
  'sparseCategoricalCrossentropy',
  'sparseCategoricalCrossentropyFromLogits',
  'binaryCrossentropy',
  'binaryCrossentropyFromLogits',
  'meanSquaredError',
  'meanAbsoluteError',
] as const;

export type LossName = (typeof lossNames)[number];

/** A loss on labels, and its name. */
export interface LabelLoss {
  readonly name: LossName;
  readonly loss: Loss;
}

/**
 * The loss on labels, which are indices of the model's classes, or numbers where it has one output: the one asked for, or
 * the one that suits what stands before the output.
 *
 * Several sigmoids are taken for classes told apart one by one, as they are trained: each for its own class against the
 * rest.
 *
 * @throws CliError USAGE where the model's end doesn't tell, or the loss asked for needs several outputs.
 */
export function labelLoss(
  tf: TensorFlow,
  model: LayersModel,
  labels: ArrayLike<number>,
  asked?: LossName,
): LabelLoss {
  const classes = model.outputs[0]!.shape.at(-1)!;
  const activation = outputActivation(model);
  const givesLogits = activation === 'linear' || activation === 'logSoftmax';
  const name = withLogits(asked ?? suitable(classes, activation, labels), givesLogits);
  if (classes === 1 && name.startsWith('sparse')) {
    throw new CliError(
      'USAGE',
      `--loss ${asked} needs an output for each class, and the model has one output: binaryCrossentropy tells two classes apart by it.`,
    );
  }
  return { name, loss: lossOf(tf, name, classes) };
}

function suitable(
  classes: number,
  activation: ReturnType<typeof outputActivation>,
  labels: ArrayLike<number>,
): LossName {
  if (classes > 1) {
    if (activation === 'sigmoid') return 'binaryCrossentropy';
    if (activation !== 'other') return 'sparseCategoricalCrossentropy';
    throw new CliError(
      'USAGE',
      "The model's last layers don't tell whether its outputs are probabilities or logits: say --loss sparseCategoricalCrossentropy for probabilities of classes, or sparseCategoricalCrossentropyFromLogits.",
    );
  }
  const isBinary = Array.from(labels).every((label) => label === 0 || label === 1);
  if (!isBinary) return 'meanSquaredError';
  if (activation === 'sigmoid') return 'binaryCrossentropy';
  const ways =
    activation === 'linear'
      ? 'binaryCrossentropy if it is a logit'
      : 'binaryCrossentropy if it is a probability, binaryCrossentropyFromLogits if it is a logit';
  throw new CliError(
    'USAGE',
    `All labels are 0 or 1, and no sigmoid stands before the one output of the model: say --loss ${ways}, or meanSquaredError if it is a number.`,
  );
}

function withLogits(name: LossName, givesLogits: boolean): LossName {
  const fromLogits = `${name}FromLogits` as LossName;
  return givesLogits && lossNames.includes(fromLogits) ? fromLogits : name;
}

function lossOf(tf: TensorFlow, name: LossName, classes: number): Loss {
  const targets = (labels: Tensor) =>
    classes === 1 ? labels : (tf.oneHot(labels.flatten().toInt(), classes).toFloat() as Tensor);
  switch (name) {
    case 'sparseCategoricalCrossentropyFromLogits':
      return (labels, logits) => tf.losses.softmaxCrossEntropy(targets(labels), logits);
    case 'binaryCrossentropyFromLogits':
      return (labels, logits) => tf.losses.sigmoidCrossEntropy(targets(labels), logits);
    case 'binaryCrossentropy':
      return (labels, probabilities) => tf.metrics.binaryCrossentropy(targets(labels), probabilities);
    case 'meanSquaredError':
      return (labels, values) => tf.losses.meanSquaredError(targets(labels), values);
    case 'meanAbsoluteError':
      return (labels, values) => tf.losses.absoluteDifference(targets(labels), values);
    default:
      return name;
  }
}
