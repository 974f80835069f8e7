import { createNodeGpuBackend, loadNodeGpu, nodeGpuDevice } from '@fuseinit/backend-node-gpu';
import type { BackendAdapter } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createLinalgBackend, repairKernels, type Tensor, type TensorFlow } from '@fuseinit/tfjs';

/** The backends of Node: wasm and cpu are npm packages alone, node-gpu needs its native part. */
export const nodeBackends = ['wasm', 'cpu', 'node-gpu'] as const;

export type NodeBackendName = (typeof nodeBackends)[number];

/** A backend that was started. */
export interface Device {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  /** What it computes on, in words: a library and its version. */
  readonly computesOn: string;
}

/**
 * Starts a backend in this process.
 *
 * @param options.repair Whether kernels that TensorFlow.js has wrong are repaired. Default true.
 * @throws BACKEND_UNAVAILABLE when the native part of node-gpu isn't there.
 */
export async function startBackend(
  name: NodeBackendName,
  { repair = true }: { readonly repair?: boolean } = {},
): Promise<Device> {
  if (name === 'node-gpu') {
    const tf = await loadNodeGpu();
    if (repair) repairKernels(tf);
    const computesOn = `tfjs-node-gpu ${tf.version['tfjs-core']}, ${nodeGpuDevice(tf)}`;
    return { tf, backend: createNodeGpuBackend(tf), computesOn };
  }
  const { default: tf } = await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name);
  await tf.ready();
  if (repair) repairKernels(tf);
  // Its threads end with the process, and don't keep it alive.
  const backend = createLinalgBackend(await createLinearAlgebra());
  return { tf, backend, computesOn: `tfjs ${tf.version.tfjs}, Node ${process.version}` };
}
