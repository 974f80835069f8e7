import type { LayerDescription } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';

/** Whether a batch normalisation goes over an axis that isn't the last of those longer than 1. */
export function normalizesOtherAxis({ className, config, inputShape }: LayerDescription): boolean {
  if (className !== 'BatchNormalization') return false;
  const [axis = -1] = [config.axis ?? -1].flat().map(Number);
  // The batch counts as an axis, but is not part of inputShape.
  const along = axis < 0 ? inputShape.length + axis : axis - 1;
  return inputShape[along] !== 1 && inputShape.slice(along + 1).some((length) => length !== 1);
}

/** FusedBatchNorm whose statistics are repeated along the axes where they have length 1. */
export function broadcastingBatchNorm(tf: TensorFlow, original: KernelFunc): KernelFunc {
  return (args) => {
    const { x, mean, variance, offset, scale } = args.inputs as unknown as Record<
      'x' | 'mean' | 'variance',
      Tensor
    > & { offset?: Tensor; scale?: Tensor };
    const { varianceEpsilon } = args.attrs as unknown as { varianceEpsilon: number };
    // One statistic for each position of the last axis, or for each number, is what the backend takes
    // rightly.
    if (mean.shape.length === 1 || mean.size === x.size) return original(args);
    return tf.tidy(() => {
      const deviation = tf.sqrt(tf.add(variance, varianceEpsilon));
      const normalized = tf.div(tf.sub(x, mean), deviation);
      const scaled = scale ? tf.mul(normalized, scale) : normalized;
      return offset ? tf.add(scaled, offset) : scaled;
    });
  };
}
