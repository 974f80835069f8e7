import type { BackendAdapter } from '@fuseinit/core';
import type { Tensor } from '@fuseinit/tfjs';

type Backend = BackendAdapter<Tensor> | undefined;

/** Whether the device of a backend was lost. */
export function isLost(backend: Backend): boolean {
  try {
    backend?.requireDevice?.();
    return false;
  } catch {
    return true;
  }
}

/**
 * The work's outcome, or DEVICE_LOST when the device goes away before: tfjs then waits forever for what it
 * downloads.
 *
 * @throws DEVICE_LOST, also for work that failed for that reason.
 */
export function whileItLasts<T>(backend: Backend, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearInterval(watch);
      try {
        backend?.requireDevice?.();
        end();
      } catch (lost) {
        reject(lost);
      }
    };
    const watch = setInterval(() => {
      if (isLost(backend)) settle(() => {});
    }, 500);
    work.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
