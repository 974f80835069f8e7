import type { TensorFlow } from '../tensorflow.js';

/**
 * Bits of the floats that the device of `tf` holds, measured: a number that 16 bits can't hold is computed
 * with and read back.
 *
 * tfjs 4.22's own `floatPrecision()` says 16 of WebGL in float32, and 32 of WebGL in half floats, since its
 * probe is so small that it runs on the CPU.
 */
export function floatPrecisionOf(tf: TensorFlow): 16 | 32 {
  const probe = 1 + 2 ** -20;
  const [held] = tf.tidy(() => {
    // Large enough not to be forwarded to the CPU.
    const values = tf.fill([64, 64], probe);
    return tf.add(values, tf.zerosLike(values)).dataSync();
  });
  return held === probe ? 32 : 16;
}
