import { createRequire } from 'node:module';
import type { TensorFlow } from '@fuseinit/tfjs';
import { nodeGpuStatus } from './node-gpu-status.js';
import { restoreUtilFunctions } from './removed-util-functions.js';
import { unavailable, unloadable, unopenable } from './unavailable.js';

/**
 * The `tf` of `@tensorflow/tfjs-node-gpu`, its native backend set and ready.
 *
 * @throws BACKEND_UNAVAILABLE when the package, its binding or a library that it needs is missing or for
 * another system: the message says which, and what mends it. Nothing of TensorFlow.js has been loaded then.
 */
export async function loadNodeGpu(): Promise<TensorFlow> {
  const status = nodeGpuStatus();
  if (status.state !== 'built') throw unavailable(status);
  // The binding by itself first: the whole import takes a second to fail and leaves its kernels registered.
  try {
    createRequire(import.meta.url)(status.binding);
  } catch (cause) {
    throw unopenable(status.binding, cause);
  }
  restoreUtilFunctions();
  let tf: TensorFlow;
  try {
    ({ default: tf } = await import('@tensorflow/tfjs-node-gpu'));
  } catch (cause) {
    throw unloadable(cause);
  }
  if (!(await tf.setBackend('tensorflow')))
    throw unloadable(new Error('its backend "tensorflow" does not start'));
  return tf;
}
