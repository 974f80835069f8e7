import type { TensorFlow } from '../tensorflow.js';
import { kernelFaults } from './kernel-faults.js';

/**
 * Puts kernels that compute rightly in place of those that the backend of `tf` has wrong, which give wrong
 * numbers without an error: for whatever runs on this `tf`, FuseInit or not. Call it after `tf.setBackend`,
 * for each backend that is used.
 *
 * Kernels that are right are left as they are, so a second call does nothing.
 *
 * @returns The names of the kernels that were repaired.
 */
export function repairKernels(tf: TensorFlow): string[] {
  const backendName = tf.getBackend();
  const repaired: string[] = [];
  for (const fault of kernelFaults) {
    if (!fault.backends.includes(backendName)) continue;
    const kernels = fault.kernelNames
      .map((name) => tf.getKernel(name, backendName))
      .filter((kernel) => kernel != null);
    if (kernels.length === 0 || !fault.occurs(tf)) continue;
    for (const { kernelName, kernelFunc } of kernels) {
      // Registering over another kernel would warn.
      tf.unregisterKernel(kernelName, backendName);
      tf.registerKernel({ kernelName, backendName, kernelFunc: fault.repair(tf, kernelFunc) });
      repaired.push(kernelName);
    }
  }
  return repaired;
}
