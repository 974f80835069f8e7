import type { BackendAdapter, LinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createLinalgBackend } from '../backend/create-linalg-backend.js';
import type { Tensor } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';

/** The means by which a fusion multiplies and solves. */
export interface Computing {
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  /** Closes what was started for this fusion alone. */
  close(): Promise<void>;
}

/**
 * Returns a backend and its linear algebra. What is missing of the two is that of `@fuseinit/linalg`, started
 * for this fusion.
 *
 * @throws BACKEND_UNAVAILABLE if one of them is missing and there is no WebAssembly.
 */
export async function openComputing(backend: FuseOptions['backend']): Promise<Computing> {
  if (backend?.linearAlgebra) {
    return { backend, linearAlgebra: backend.linearAlgebra, close: async () => {} };
  }
  const linalg = await createLinearAlgebra();
  return {
    backend: backend ?? createLinalgBackend(linalg),
    linearAlgebra: linalg,
    close: () => linalg.close(),
  };
}

/**
 * Returns the backend for work that multiplies but solves nothing, so that a backend without a linear algebra
 * needs none.
 *
 * @throws BACKEND_UNAVAILABLE as {@link openComputing} does, if there is no backend.
 */
export async function openBackend(
  backend: FuseOptions['backend'],
): Promise<Pick<Computing, 'backend' | 'close'>> {
  return backend ? { backend, close: async () => {} } : openComputing(undefined);
}
