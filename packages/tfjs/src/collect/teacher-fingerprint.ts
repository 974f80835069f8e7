import type { BackendAdapter } from '@fuseinit/core';
import { readGraph } from '../graph/model-graph.js';
import type { LayersModel, Tensor } from '../tensorflow.js';

/**
 * Tells teachers apart: their layers and the bits of their weights. A reloaded model has the same, a retrained one
 * doesn't.
 */
export async function teacherFingerprint(
  teacher: LayersModel,
  read: BackendAdapter<Tensor>['read'] = (tensor) => tensor.data(),
): Promise<string> {
  let hash = hashOf(
    new TextEncoder().encode(
      readGraph(teacher)
        .nodes.map(({ id, layer }) => `${id} ${layer.getClassName()}`)
        .join(),
    ),
    0x811c9dc5,
  );
  for (const weight of teacher.getWeights()) {
    hash = hashOf(new Uint8Array(Float32Array.from(await read(weight)).buffer), hash);
  }
  return hash.toString(16).padStart(8, '0');
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
