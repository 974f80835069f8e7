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
 * Returns the backend and the linear algebra that the options name. Those that are omitted use
 * `@fuseinit/linalg`, started for this fusion.
 *
 * @throws BACKEND_UNAVAILABLE if there is no WebAssembly and one of them is omitted.
 */
export async function openComputing({
  backend,
  linearAlgebra,
}: Pick<FuseOptions, 'backend' | 'linearAlgebra'>): Promise<Computing> {
  if (backend && linearAlgebra) return { backend, linearAlgebra, close: async () => {} };
  const linalg = await createLinearAlgebra();
  return {
    backend: backend ?? createLinalgBackend(linalg),
    linearAlgebra: linearAlgebra ?? linalg,
    close: () => linalg.close(),
  };
}
