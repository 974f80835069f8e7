import { uniformStream } from '@fuseinit/core';

/**
 * Weights drawn anew as He has them, the same for a seed: uniform, of variance 2 over the inputs of a unit.
 */
export function seededWeights(seed: number, size: number, inputs: number): Float32Array {
  const uniform = uniformStream(seed);
  const limit = Math.sqrt(6 / inputs);
  return Float32Array.from({ length: size }, () => limit * (2 * uniform() - 1));
}
