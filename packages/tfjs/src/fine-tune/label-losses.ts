import { FuseInitError } from '@fuseinit/core';
import { namesOf } from '../network/layer-internals.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import type { FineTuneOptions, Loss } from './fine-tune-options.js';
import { fittedLabels } from './fitted-labels.js';

export type LabelLoss = (labels: Tensor, predictions: Tensor) => Tensor;

/**
 * The losses on labels, one for each output: as asked, or as the student was compiled.
 *
 * @throws ARGUMENT_INVALID for a name that tfjs doesn't know, or where there is neither.
 */
export function labelLosses(
  tf: TensorFlow,
  student: LayersModel,
  loss: FineTuneOptions['loss'],
): LabelLoss[] {
  const outputNames = namesOf(student.outputs);
  const asked = loss === undefined ? compiledLosses(student, outputNames) : forEach(outputNames, loss);
  if (!asked) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      "The training data hold labels, but the student isn't compiled and no loss came: name one, such as loss: 'categoricalCrossentropy'.",
    );
  }
  if (asked.length !== outputNames.length) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${asked.length} losses came for ${outputNames.length} outputs: one for each, or one for all, was expected.`,
    );
  }
  return asked.map((one, index) => {
    if (typeof one === 'function') return checked(one);
    const named = lossNamed(tf, one);
    const output = outputNames[index]!;
    return (labels, predictions) => named(fittedLabels(labels, predictions, one, output), predictions);
  });
}

function forEach(outputs: readonly string[], loss: Loss | readonly Loss[]): readonly Loss[] {
  return Array.isArray(loss) ? (loss as readonly Loss[]) : outputs.map(() => loss as Loss);
}

/** The losses that a model was compiled with, one for each output; undefined where it isn't compiled. */
export function compiledLosses(
  model: LayersModel,
  outputNames: readonly string[],
): readonly Loss[] | undefined {
  const { loss } = model as unknown as { readonly loss?: Loss | readonly Loss[] | Record<string, Loss> };
  if (loss === undefined) return undefined;
  if (typeof loss !== 'object' || Array.isArray(loss)) {
    return forEach(outputNames, loss as Loss | readonly Loss[]);
  }
  return outputNames.map((name) => (loss as Record<string, Loss>)[name]!);
}

/** tfjs exports no losses by name, but compiles by them. */
function lossNamed(tf: TensorFlow, name: string): LabelLoss {
  const refusal = (cause?: unknown) =>
    new FuseInitError(
      'ARGUMENT_INVALID',
      `loss is ${JSON.stringify(name)}: a name that tfjs compiles with, or a function, was expected.`,
      cause === undefined ? {} : { cause },
    );
  if (typeof name !== 'string') throw refusal();
  // Named, so that the layers that the caller makes next are numbered as if this one had never been.
  const compiled = tf.sequential({
    name: 'loss',
    layers: [tf.layers.activation({ name: 'of', activation: 'linear', inputShape: [1] })],
  });
  try {
    // An optimizer that holds no tensor before it steps: tfjs leaves it behind where it refuses the name.
    compiled.compile({ optimizer: 'rmsprop', loss: name });
    // A `Sequential` has them in the model inside.
    const { model } = compiled as unknown as { model: { lossFunctions: LabelLoss[] } };
    return model.lossFunctions[0]!;
  } catch (cause) {
    throw refusal(cause);
  } finally {
    compiled.dispose();
  }
}

/** A function of the caller's, which may give anything. */
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
