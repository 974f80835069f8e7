import type { BackendAdapter, LinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createLinalgBackend } from '../backend/create-linalg-backend.js';
import type { Tensor } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';

/** What a fusion multiplies with and solves by. */
export interface Computing {
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  /** Ends what was started for this fusion alone. */
  close(): Promise<void>;
}

/**
 * What the options name, and for what they leave open `@fuseinit/linalg`, started for this fusion.
 *
 * @throws BACKEND_UNAVAILABLE where there is no WebAssembly and not both are named.
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
