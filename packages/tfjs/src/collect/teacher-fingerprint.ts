import type { BackendAdapter } from '@fuseinit/core';
import { readNetwork } from '../network/read-network.js';
import type { LayersModel, Tensor } from '../tensorflow.js';

/**
 * Computes a fingerprint of a teacher's layers and of the bits of its weights. A reloaded model has the same
 * fingerprint, a retrained one doesn't.
 */
export async function teacherFingerprint(
  teacher: LayersModel,
  read: BackendAdapter<Tensor>['read'] = (tensor) => tensor.data(),
): Promise<string> {
  let hash = hashOf(
    new TextEncoder().encode(
      readNetwork(teacher)
        .nodes.map(({ name, layer }) => `${name} ${layer.className}`)
        .join(),
    ),
    0x811c9dc5,
  );
  for (const weight of teacher.getWeights()) {
    hash = hashOf(new Uint8Array(Float32Array.from(await read(weight)).buffer), hash);
  }
  return hash.toString(16).padStart(8, '0');
}

/** The FNV-1a hash of bytes. */
function hashOf(bytes: Uint8Array, start: number): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
