import type { Tensor } from '@fuseinit/tfjs';
import type { WebglContext } from './webgl-context.js';

/**
 * Downloads that end: once the context is lost, tfjs's own `data()` waits for a fence that never comes.
 *
 * @param requireDevice Throws when the context was lost: what was read is then not what was computed.
 */
export function createReader(
  { gl }: WebglContext,
  requireDevice: () => void,
): (tensor: Tensor) => Promise<ArrayLike<number>> {
  return (tensor) =>
    new Promise((resolve, reject) => {
      // One listener a download: a promise of the loss, raced with each, would keep all of them alive.
      const settle = (values?: ArrayLike<number>) => {
        gl.canvas.removeEventListener('webglcontextlost', lost);
        try {
          requireDevice();
          resolve(values!);
        } catch (error) {
          reject(error);
        }
      };
      const lost = () => settle();
      gl.canvas.addEventListener('webglcontextlost', lost);
      requireDevice();
      tensor.data().then(settle, (error: unknown) => {
        gl.canvas.removeEventListener('webglcontextlost', lost);
        reject(error);
      });
    });
}
