import type { TensorFlow } from '../tensorflow.js';
import { kernelFaults } from './kernel-faults.js';

/**
 * Replaces the kernels that the backend of `tf` computes incorrectly, without an error, by correct ones. This
 * applies to everything that runs on this `tf`, not only to FuseInit. Call it after `tf.setBackend`, for each
 * backend that is used.
 *
 * Correct kernels are left unchanged, so that a second call does nothing.
 *
 * @returns The names of the repaired kernels.
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
      // The kernel is unregistered first, since registering over it would cause a warning.
      tf.unregisterKernel(kernelName, backendName);
      tf.registerKernel({ kernelName, backendName, kernelFunc: fault.repair(tf, kernelFunc) });
      repaired.push(kernelName);
    }
  }
  return repaired;
}
