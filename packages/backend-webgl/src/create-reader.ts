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
  const lost = new Promise<void>((resolve) => {
    gl.canvas.addEventListener('webglcontextlost', () => resolve());
  });
  return async (tensor) => {
    const values = await Promise.race([tensor.data(), lost]);
    requireDevice();
    return values!;
  };
}
