import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { compiledLosses, type Loss, namesOf } from '@fuseinit/tfjs/internal';
import type { FineTuneOptions } from './fine-tune-options.js';

export type LabelLoss = (labels: Tensor, predictions: Tensor) => Tensor;

/**
 * The losses on labels, one for each output: those of the option, or those that the student was compiled
 * with.
 *
 * @throws ARGUMENT_INVALID for a name that tfjs doesn't know, or if there are neither.
 */
export function labelLosses(
  tf: TensorFlow,
  student: LayersModel,
  loss: FineTuneOptions['loss'],
): LabelLoss[] {
  const outputNames = namesOf(student.outputs);
  const losses = loss === undefined ? compiledLosses(student, outputNames) : forEach(outputNames, loss);
  if (!losses) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      "The training data hold labels, but the student isn't compiled and no loss came: name one, such as loss: 'categoricalCrossentropy'.",
    );
  }
  if (losses.length !== outputNames.length) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${losses.length} losses came for ${outputNames.length} outputs: one for each, or one for all, was expected.`,
    );
  }
  return losses.map((one, index) => {
    if (typeof one === 'function') return checked(one);
    const named = lossNamed(tf, one);
    const output = outputNames[index]!;
    return (labels, predictions) => named(fittedLabels(labels, predictions, one, output), predictions);
  });
}

function forEach(outputs: readonly string[], loss: Loss | readonly Loss[]): readonly Loss[] {
  return Array.isArray(loss) ? (loss as readonly Loss[]) : outputs.map(() => loss as Loss);
}

/** The loss of a name in tfjs, which doesn't export losses by name but accepts their names in `compile`. */
function lossNamed(tf: TensorFlow, name: string): LabelLoss {
  const refusal = (cause?: unknown) =>
    new FuseInitError(
      'ARGUMENT_INVALID',
      `loss is ${JSON.stringify(name)}: a name that tfjs compiles with, or a function, was expected.`,
      cause === undefined ? {} : { cause },
    );
  if (typeof name !== 'string') throw refusal();
  // The layer has an explicit name, so that the numbering of layers that the caller creates later isn't
  // affected.
  const compiled = tf.sequential({
    name: 'loss',
    layers: [tf.layers.activation({ name: 'of', activation: 'linear', inputShape: [1] })],
  });
  try {
    // This optimizer holds no tensor before its first step, since tfjs doesn't dispose it if it refuses the
    // name.
    compiled.compile({ optimizer: 'rmsprop', loss: name });
    // A `Sequential` stores them in its inner model.
    const { model } = compiled as unknown as { model: { lossFunctions: LabelLoss[] } };
    return model.lossFunctions[0]!;
  } catch (cause) {
    throw refusal(cause);
  } finally {
    compiled.dispose();
  }
}

/** Wraps a loss function of the caller's to check its result. */
function checked(loss: LabelLoss): LabelLoss {
  return (labels, predictions) => {
    const value: unknown = loss(labels, predictions);
    if (typeof (value as Tensor | undefined)?.mean === 'function') return value as Tensor;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The loss function gave ${value === null ? 'null' : `a ${typeof value}`}: a tensor was expected.`,
    );
  };
}

/**
 * Reshapes labels for a loss of tfjs, which would silently broadcast labels of another shape and compute a
 * wrong loss.
 *
 * @param loss The name of the loss in tfjs.
 * @param output The output's name, for the message.
 * @throws SHAPE_MISMATCH for labels that don't fit the output.
 */
function fittedLabels(labels: Tensor, predictions: Tensor, loss: string, output: string): Tensor {
  const [is, gives] = [labels.shape, predictions.shape];
  if (loss === 'sparseCategoricalCrossentropy') {
    const classes = gives.at(-1)!;
    const same = is.length >= 1 && is[0] === gives[0] && labels.size * classes === predictions.size;
    if (same) return labels;
    throw mismatch(labels, predictions, loss, output, 'the number of one class for each');
  }
  if (is.length === gives.length && is.every((length, axis) => length === gives[axis])) return labels;
  // `fit` also accepts a list of numbers for an output of one number.
  if (is.length === 1 && gives.length === 2 && gives[1] === 1) return labels.reshape([-1, 1]);
  const advice =
    loss === 'categoricalCrossentropy' && is.slice(1).every((length) => length === 1)
      ? "the output's shape (tf.oneHot makes it of class numbers, or loss: 'sparseCategoricalCrossentropy' reads them)"
      : "the output's shape";
  throw mismatch(labels, predictions, loss, output, advice);
}

function mismatch(
  labels: Tensor,
  predictions: Tensor,
  loss: string,
  output: string,
  expected: string,
): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `Labels of [${labels.shape}] came for the output "${output}" of [${predictions.shape}]: ${loss} expects ${expected}.`,
  );
}
