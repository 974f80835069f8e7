import type { Tensor, TensorFlow } from './tensorflow.js';

/**
 * Puts a PReLU that broadcasts `alpha` in place of the WASM backend's, which repeats it by its size alone and so gives
 * wrong numbers, without an error, where alpha is shared along the last axis or an inner one (tensorflow/tfjs issue
 * 7458).
 *
 * A backend that broadcasts is left as it is, so a second call does nothing.
 *
 * @param tf Running on its WASM backend.
 * @returns Whether there was something to repair.
 */
export function repairPrelu(tf: TensorFlow): boolean {
  if (tf.getBackend() !== 'wasm' || broadcasts(tf)) return false;
  // Registering over another kernel would warn.
  tf.unregisterKernel('Prelu', 'wasm');
  tf.registerKernel({
    kernelName: 'Prelu',
    backendName: 'wasm',
    kernelFunc: ({ inputs }) => {
      const { x, alpha } = inputs as unknown as { x: Tensor; alpha: Tensor };
      return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
    },
  });
  return true;
}

function broadcasts(tf: TensorFlow): boolean {
  const [, second] = tf.tidy(() => tf.prelu(tf.fill([2, 2], -1), tf.tensor2d([[1], [2]])).dataSync());
  return second === -1;
}
