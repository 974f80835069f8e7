import { FuseInitError } from '@fuseinit/core';
import { type WebglContext, wasLost } from './webgl-context.js';

/** @throws DEVICE_LOST once the context was lost, also when the browser has given it back. */
export function requireContext(context: WebglContext): void {
  if (!wasLost(context)) return;
  throw new FuseInitError(
    'DEVICE_LOST',
    'The WebGL context was lost: the GPU was reset, or taken by another page. Make the backend anew with createWebglBackend(tf), load the model again, since its weights were on the GPU, and call fuse with the same checkpoint to go on where it stopped.',
  );
}
