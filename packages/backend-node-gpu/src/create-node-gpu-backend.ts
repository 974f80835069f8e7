import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { createDeviceBackend, type Tensor, type TensorFlow } from '@fuseinit/tfjs';

/** TensorFlow's kernels index tensors by 32-bit integers where that is faster. */
const maxTensorSize = 2 ** 31 - 1;

/**
 * Connects `fuse` to TensorFlow's native library: patches are extracted and multiplied there, in float32.
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
  return createDeviceBackend(tf, { name: 'node-gpu', maxTensorSize });
}
