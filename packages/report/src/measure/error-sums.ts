import type { Tensor, TensorFlow } from '@fuseinit/tfjs';

/** Of one batch of one layer; tensors of the caller's to dispose. */
export type ErrorSums = {
  /** Sum of square errors by channel: [channels]. */
  readonly channelErrors: Tensor;
  /** Sum of square errors by position: [...positions], a scalar for a layer without spatial axes. */
  readonly positionErrors: Tensor;
  /** Means of what was expected: [channels]. */
  readonly means: Tensor;
  /** Sum of square deviations from these means: [channels]. */
  readonly deviations: Tensor;
};

/**
 * Sums of square errors where they arise, on the device, so that no activation has to be read back.
 *
 * @param actual, expected [batch, ...positions, channels]
 */
export function errorSums(tf: TensorFlow, actual: Tensor, expected: Tensor): ErrorSums {
  return tf.tidy(() => {
    const overChannels = expected.shape.slice(0, -1).map((_, axis) => axis);
    const squares = actual.squaredDifference(expected);
    const means = expected.mean(overChannels);
    return {
      channelErrors: squares.sum(overChannels),
      positionErrors: squares.sum([0, expected.rank - 1]),
      means,
      deviations: expected.squaredDifference(means).sum(overChannels),
    };
  });
}
