import type { TensorFlow } from '../tensorflow.js';

/**
 * The number of bits of the floats that the device of `tf` computes in. It is measured, by computing with a
 * number that 16 bits can't represent and reading it back.
 *
 * The `floatPrecision()` of tfjs 4.22 reports 16 for WebGL with float32 and 32 for WebGL with half floats,
 * since its probe is so small that it runs on the CPU.
 */
export function floatPrecisionOf(tf: TensorFlow): 16 | 32 {
  const probe = 1 + 2 ** -20;
  const [held] = tf.tidy(() => {
    // The tensor is large enough not to be forwarded to the CPU.
    const values = tf.fill([64, 64], probe);
    return tf.add(values, tf.zerosLike(values)).dataSync();
  });
  return held === probe ? 32 : 16;
}
