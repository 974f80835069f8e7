import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import type { FineTuneOptions, Loss } from './fine-tune-options.js';

type LossFunction = (labels: Tensor, predictions: Tensor) => Tensor;

/**
 * The losses on labels, one for each output: as asked, or as the student was compiled.
 *
 * @throws ARGUMENT_INVALID for a name that tfjs doesn't know, or where there is neither.
 */
export function labelLosses(
  tf: TensorFlow,
  student: LayersModel,
  loss: FineTuneOptions['loss'],
): LossFunction[] {
  const outputs = student.outputs.length;
  if (loss === undefined) {
    const compiled = compiledLosses(student);
    if (compiled?.length === outputs) return compiled;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      "The training data hold labels, but the student isn't compiled and no loss came: name one, such as loss: 'categoricalCrossentropy'.",
    );
  }
  const asked = Array.isArray(loss)
    ? (loss as readonly Loss[])
    : Array.from({ length: outputs }, () => loss as Loss);
  if (asked.length !== outputs) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${asked.length} losses came for ${outputs} outputs: one for each, or one for all, was expected.`,
    );
  }
  return asked.map((one) => (typeof one === 'function' ? one : lossNamed(tf, one)));
}

/** tfjs exports no losses by name, but compiles by them. */
function lossNamed(tf: TensorFlow, name: string): LossFunction {
  const compiled = tf.sequential({
    layers: [tf.layers.activation({ activation: 'linear', inputShape: [1] })],
  });
  try {
    compiled.compile({ optimizer: 'sgd', loss: name });
    return compiledLosses(compiled)![0]!;
  } catch (cause) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `loss is ${JSON.stringify(name)}: a name that tfjs compiles with, or a function, was expected.`,
      { cause },
    );
  } finally {
    compiled.dispose();
  }
}

/** What tfjs made of a model's losses when it was compiled; a `Sequential` has them in the model inside. */
function compiledLosses(model: LayersModel): LossFunction[] | undefined {
  const holder = model as unknown as {
    model?: { lossFunctions?: LossFunction[] };
    lossFunctions?: LossFunction[];
  };
  return holder.lossFunctions ?? holder.model?.lossFunctions;
}
