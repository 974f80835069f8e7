import type { LayerDescription } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';

/** Whether a PReLU's alpha, apart from its leading axes of length 1, has a shorter axis than its input. */
export function sharesInnerAxis({ className, config, inputShape }: LayerDescription): boolean {
  if (className !== 'PReLU') return false;
  const shared = [config.sharedAxes ?? []].flat().map(Number);
  // The shared axes count the batch, which isn't part of inputShape.
  const alpha = inputShape.map((length, axis) => (shared.includes(axis + 1) ? 1 : length));
  const first = alpha.findIndex((length) => length !== 1);
  return first >= 0 && alpha.slice(first).some((length, axis) => length !== inputShape[first + axis]);
}

/** A Prelu kernel that broadcasts alpha along the axes where it has length 1. */
export function broadcastingPrelu(tf: TensorFlow): KernelFunc {
  return ({ inputs }) => {
    const { x, alpha } = inputs as unknown as { x: Tensor; alpha: Tensor };
    return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
  };
}
