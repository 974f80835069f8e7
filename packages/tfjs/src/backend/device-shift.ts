import type { Tensor, Tensor4D, TensorFlow } from '../tensorflow.js';
import { shiftFor } from './channel-shift.js';

/** What to take off each channel of a batch, measured on the device. */
export async function deviceShift(
  tf: TensorFlow,
  values: Tensor4D,
  read: (tensor: Tensor) => Promise<ArrayLike<number>>,
): Promise<Float64Array> {
  const means = tf.tidy(() => {
    const rows = values.reshape([-1, values.shape[3]]);
    return tf.stack([tf.mean(rows, 0), tf.mean(tf.square(rows), 0)]);
  });
  try {
    const both = Float64Array.from(await read(means));
    const channels = values.shape[3];
    return shiftFor(both.subarray(0, channels), both.subarray(channels));
  } finally {
    means.dispose();
  }
}
