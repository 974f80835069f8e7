import { FuseInitError } from '@fuseinit/core';
import type { TensorFlow } from '../tensorflow.js';
import { floatPrecisionOf } from './float-precision.js';

/**
 * Requires a device that computes in 32-bit floats.
 *
 * @throws PRECISION_TOO_LOW if `tf` computes in 16-bit floats.
 */
export function requireSinglePrecision(tf: TensorFlow, name: string): void {
  if (floatPrecisionOf(tf) === 32) return;
  throw new FuseInitError(
    'PRECISION_TOO_LOW',
    `${name} holds 16-bit floats here, and sums of products need 32: with @fuseinit/backend-webgl they are summed on the host, or run TensorFlow.js on another backend.`,
  );
}
