import { createNodeGpuBackend } from '@fuseinit/backend-node-gpu';
import type { BackendAdapter } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createLinalgBackend, type Tensor } from '@fuseinit/tfjs';
import type { Device } from './start-backend.js';

/**
 * The `backend` option of `fuse` for a backend that was started: the native library itself, or, for wasm and
 * cpu, the WebAssembly kernels of @fuseinit/linalg, whose threads end with the process.
 */
export async function createAdapter({ tf, name }: Device): Promise<BackendAdapter<Tensor>> {
  return name === 'node-gpu' ? createNodeGpuBackend(tf) : createLinalgBackend(await createLinearAlgebra());
}
