import type { BackendAdapter } from '@fuseinit/core';
import { readNetwork } from '../network/read-network.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { contentHash, hashText } from './content-hash.js';

/**
 * Computes a fingerprint of a teacher's layers and of the bits of its weights. A reloaded model has the same
 * fingerprint, a retrained one doesn't.
 */
export async function teacherFingerprint(
  teacher: LayersModel,
  read: BackendAdapter<Tensor>['read'] = (tensor) => tensor.data(),
): Promise<string> {
  const layers = readNetwork(teacher).nodes.map(({ name, layer }) => `${name} ${layer.className}`);
  let hash = contentHash(new TextEncoder().encode(layers.join()));
  for (const weight of teacher.getWeights()) {
    hash = contentHash(Float32Array.from(await read(weight)), hash);
  }
  return hashText(hash);
}
