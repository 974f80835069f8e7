import { createNodeGpuBackend, loadNodeGpu, nodeGpuDevice } from '@fuseinit/backend-node-gpu';
import { repairPrelu } from '@fuseinit/backend-wasm';
import { createTfBackend } from '@fuseinit/tfjs';
import type { BackendName } from './backend-name.js';
import type { Device } from './device.js';

/** Starts a backend of Node in this process. */
export async function startInNode(name: Exclude<BackendName, 'webgl'>): Promise<Device> {
  if (name === 'node-gpu') {
    const tf = await loadNodeGpu();
    const computesOn = `tfjs-node-gpu ${tf.version['tfjs-core']}, ${nodeGpuDevice(tf)}`;
    return { tf, backend: createNodeGpuBackend(tf), computesOn };
  }
  const { default: tf } = await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name);
  repairPrelu(tf);
  return { tf, backend: createTfBackend(tf), computesOn: `tfjs ${tf.version.tfjs}, Node ${process.version}` };
}
