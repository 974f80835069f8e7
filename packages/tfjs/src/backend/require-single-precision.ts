import { FuseInitError } from '@fuseinit/core';
import type { TensorFlow } from '../tensorflow.js';

/** @throws PRECISION_TOO_LOW where `tf` runs on 16-bit floats. */
export function requireSinglePrecision(tf: TensorFlow, name: string): void {
  const bits = tf.backend().floatPrecision();
  if (bits === 32) return;
  throw new FuseInitError(
    'PRECISION_TOO_LOW',
    `${name} holds ${bits}-bit floats here, and sums of products need 32: with @fuseinit/backend-webgl they are summed on the host, or run TensorFlow.js on another backend.`,
  );
}
