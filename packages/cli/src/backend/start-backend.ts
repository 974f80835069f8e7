import { loadNodeGpu, nodeGpuDevice, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { repairKernels, type TensorFlow } from '@fuseinit/tfjs';
import { registerTrainingKernels } from '@fuseinit/wasm-gradients';
import type { BackendName } from './backend-names.js';
import { libtensorflowVersion } from './libtensorflow-version.js';

/** A backend that was started. */
export interface Device {
  readonly tf: TensorFlow;
  readonly name: BackendName;
  /** What it computes on, in words: a library and its version. */
  readonly computesOn: string;
}

/**
 * Starts a backend in this process, able to train.
 *
 * @param name Default the native library where it is built and loads, else wasm.
 * @param warn Told why a native library that is there isn't used.
 * @throws BACKEND_UNAVAILABLE when the native part of a node-gpu that was asked for isn't there.
 */
export async function startBackend(
  name: BackendName | undefined,
  warn: (message: string) => void,
): Promise<Device> {
  if (name === 'node-gpu') return startNodeGpu();
  if (name === undefined && nodeGpuStatus().state === 'built') {
    try {
      return await startNodeGpu();
    } catch (error) {
      if (!FuseInitError.isInstance(error) || error.code !== 'BACKEND_UNAVAILABLE') throw error;
      warn(`${error.message} wasm is used instead.`);
    }
  }
  return startPortable(name ?? 'wasm');
}

async function startNodeGpu(): Promise<Device> {
  // TensorFlow greets on stderr.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const tf = await loadNodeGpu();
  tf.enableProdMode();
  repairKernels(tf);
  const library = libtensorflowVersion(tf);
  const parts = [
    `tfjs-node-gpu ${tf.version['tfjs-core']}`,
    library && `libtensorflow ${library}`,
    nodeGpuDevice(tf),
  ];
  return { tf, name: 'node-gpu', computesOn: parts.filter(Boolean).join(', ') };
}

async function startPortable(name: 'wasm' | 'cpu'): Promise<Device> {
  const { default: tf } = await import('@tensorflow/tfjs');
  // TensorFlow.js greets too, where it isn't in production.
  tf.enableProdMode();
  if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name);
  await tf.ready();
  repairKernels(tf);
  if (name === 'wasm') registerTrainingKernels(tf, { replaceInputGradient: true });
  return { tf, name, computesOn: `tfjs ${tf.version.tfjs}, Node ${process.version}` };
}
