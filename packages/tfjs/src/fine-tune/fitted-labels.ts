import { FuseInitError } from '@fuseinit/core';
import type { Tensor } from '../tensorflow.js';

/**
 * Labels in the shape that a loss of tfjs reads. Left to tfjs, those of another shape would be broadcast: a loss of
 * nothing that was meant.
 *
 * @param loss As tfjs names it.
 * @param output The output's name, for the message.
 * @throws SHAPE_MISMATCH for labels that are none of that output.
 */
export function fittedLabels(labels: Tensor, predictions: Tensor, loss: string, output: string): Tensor {
  const [is, gives] = [labels.shape, predictions.shape];
  if (loss === 'sparseCategoricalCrossentropy') {
    const classes = gives.at(-1)!;
    const same = is.length >= 1 && is[0] === gives[0] && labels.size * classes === predictions.size;
    if (same) return labels;
    throw mismatch(labels, predictions, loss, output, 'the number of one class for each');
  }
  if (is.length === gives.length && is.every((length, axis) => length === gives[axis])) return labels;
  // `fit` takes a list of numbers for an output of one number too.
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
