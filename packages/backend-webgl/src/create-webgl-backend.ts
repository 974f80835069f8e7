import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { createDeviceBackend, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { floatPrecisionOf } from '@fuseinit/tfjs/internal';
import { createReader } from './create-reader.js';
import { createHostMoments } from './host-moments.js';
import { requireContext } from './require-context.js';
import { startWebgl } from './start-webgl.js';

/** Options of {@link createWebglBackend}. */
export interface WebglBackendOptions {
  /**
   * What to do on a device that renders 16-bit floats only, as some phones do: `'host'` downloads what the
   * device holds and sums in float64 in JavaScript, exact and slow (the default); `'refuse'` throws
   * PRECISION_TOO_LOW.
   */
  readonly whenImprecise?: 'host' | 'refuse';
}

/**
 * Starts TensorFlow.js's WebGL backend, anew if its context was lost, and connects `fuse` to it.
 *
 * Patches are extracted and multiplied on the GPU in float32, in blocks of 512 rows; the sums of a chunk go
 * on in float64. Textures stay within the device's limit. After a lost context nothing that the GPU gave is
 * counted any more.
 *
 * @throws BACKEND_UNAVAILABLE where this page has no WebGL.
 * @throws PRECISION_TOO_LOW on 16-bit floats, if asked to refuse them.
 */
export async function createWebglBackend(
  tf: TensorFlow,
  { whenImprecise = 'host' }: WebglBackendOptions = {},
): Promise<BackendAdapter<Tensor>> {
  const context = await startWebgl(tf);
  const requireDevice = () => requireContext(context);
  const read = createReader(context, requireDevice);
  const name = 'webgl';
  if (floatPrecisionOf(tf) === 32) {
    // tfjs lays a tensor out on a texture of any sides up to this.
    const maxTextureSize = tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE');
    return createDeviceBackend(tf, { name, maxTensorSize: maxTextureSize ** 2, read, requireDevice });
  }
  if (whenImprecise === 'host') return createHostMoments({ name, read, requireDevice });
  throw new FuseInitError(
    'PRECISION_TOO_LOW',
    "This device's WebGL renders 16-bit floats, and sums of products need 32. Leave whenImprecise at 'host' to sum in JavaScript, or run TensorFlow.js on its wasm backend.",
  );
}
