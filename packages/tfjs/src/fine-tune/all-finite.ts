import type { Tensor, TensorFlow } from '../tensorflow.js';

/** Whether tensors hold nothing but finite numbers; found on the device. */
export async function allFinite(tf: TensorFlow, tensors: readonly Tensor[]): Promise<boolean> {
  const found = tf.tidy(() => tensors.map((tensor) => tf.isFinite(tensor.reshape([-1])).all()));
  try {
    const values = await Promise.all(found.map((one) => one.data()));
    return values.every(([finite]) => Boolean(finite));
  } finally {
    tf.dispose(found);
  }
}
