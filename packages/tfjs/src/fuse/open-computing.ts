import type { BackendAdapter, LinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createDeviceBackend } from '../backend/create-device-backend.js';
import { createLinalgBackend } from '../backend/create-linalg-backend.js';
import { createMeasuredBackend } from '../backend/create-measured-backend.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
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
  tf,
  backend,
  linearAlgebra,
}: Pick<FuseOptions, 'tf' | 'backend' | 'linearAlgebra'>): Promise<Computing> {
  if (backend && linearAlgebra) return { backend, linearAlgebra, close: async () => {} };
  const linalg = await createLinearAlgebra();
  return {
    backend: backend ?? defaultBackend(tf, createLinalgBackend(linalg)),
    linearAlgebra: linearAlgebra ?? linalg,
    close: () => linalg.close(),
  };
}

/** A native library may multiply faster than WebAssembly, or on a GPU: that is measured. */
function defaultBackend(tf: TensorFlow, host: BackendAdapter<Tensor>): BackendAdapter<Tensor> {
  if (tf.getBackend() !== 'tensorflow') return host;
  return createMeasuredBackend(
    createDeviceBackend(tf, { name: 'tensorflow', maxTensorSize: 2 ** 31 - 1 }),
    host,
  );
}
