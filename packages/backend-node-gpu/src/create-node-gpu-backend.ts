import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { createTfBackend, type Tensor, type TensorFlow } from '@fuseinit/tfjs';

/**
 * Multiplies on TensorFlow's native library, in float32.
 *
 * @param tf What `loadNodeGpu()` returns.
 * @throws ARGUMENT_INVALID when `tf` runs on another backend.
 */
export function createNodeGpuBackend(tf: TensorFlow): BackendAdapter<Tensor> {
  if (tf.getBackend() !== 'tensorflow')
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `tf runs on "${tf.getBackend()}", not on the native backend "tensorflow": pass what loadNodeGpu() returns.`,
    );
  return { ...createTfBackend(tf), name: 'node-gpu' };
}
