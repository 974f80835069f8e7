import type { LayerDescription } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';

/** Whether a batch normalization is over an axis other than the last of those longer than 1. */
export function normalizesOtherAxis({ className, config, inputShape }: LayerDescription): boolean {
  if (className !== 'BatchNormalization') return false;
  const [axis = -1] = [config.axis ?? -1].flat().map(Number);
  // The axis counts the batch, which isn't part of inputShape.
  const along = axis < 0 ? inputShape.length + axis : axis - 1;
  return inputShape[along] !== 1 && inputShape.slice(along + 1).some((length) => length !== 1);
}

/** A FusedBatchNorm kernel that broadcasts statistics along the axes where they have length 1. */
export function broadcastingBatchNorm(tf: TensorFlow, original: KernelFunc): KernelFunc {
  return (args) => {
    const { x, mean, variance, offset, scale } = args.inputs as unknown as Record<
      'x' | 'mean' | 'variance',
      Tensor
    > & { offset?: Tensor; scale?: Tensor };
    const { varianceEpsilon } = args.attrs as unknown as { varianceEpsilon: number };
    // The backend is correct with one statistic for each position of the last axis, or one for each element.
    if (mean.shape.length === 1 || mean.size === x.size) return original(args);
    return tf.tidy(() => {
      const deviation = tf.sqrt(tf.add(variance, varianceEpsilon));
      const normalized = tf.div(tf.sub(x, mean), deviation);
      const scaled = scale ? tf.mul(normalized, scale) : normalized;
      return offset ? tf.add(scaled, offset) : scaled;
    });
  };
}
