import { FuseInitError } from '@fuseinit/core';
import type { TensorFlow } from '@fuseinit/tfjs';

/** What the native library computes on. */
export type NodeGpuDevice = 'cpu' | 'cuda';

/**
 * Whether TensorFlow's native library has found a CUDA device, as it says itself.
 *
 * @throws ARGUMENT_INVALID when `tf` has no native backend.
 */
export function nodeGpuDevice(tf: TensorFlow): NodeGpuDevice {
  const backend = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
  if (backend?.isUsingGpuDevice === undefined)
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'This tf has no native backend: pass the one that loadNodeGpu() returns.',
    );
  return backend.isUsingGpuDevice ? 'cuda' : 'cpu';
}
