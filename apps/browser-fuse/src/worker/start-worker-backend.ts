import { createWebglBackend } from '@fuseinit/backend-webgl';
import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createLinalgBackend, repairKernels, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { registerTrainingKernels } from '@fuseinit/wasm-gradients';
import type { BackendInfo } from '../protocol.js';

export interface Started {
  readonly backend: BackendAdapter<Tensor>;
  readonly info: BackendInfo;
}

/**
 * Starts WebGL on an OffscreenCanvas, or WASM, or the plain CPU backend, and says why it isn't the one
 * before.
 */
export async function startWorkerBackend(tf: TensorFlow): Promise<Started> {
  const notes: string[] = [];
  try {
    const backend = await createWebglBackend(tf);
    repairKernels(tf);
    if (backend.floatPrecision === 16)
      notes.push(
        'WebGL computes in half precision here: what fusing needs is summed in JavaScript, more slowly.',
      );
    return { backend, info: { name: 'webgl', notes } };
  } catch (error) {
    if (!FuseInitError.isInstance(error)) throw error;
    notes.push(`This browser gives workers no WebGL: ${error.message.split('. ')[0]}.`);
  }
  if (await works(() => startWasm(tf))) {
    registerTrainingKernels(tf, { replaceInputGradient: true });
    repairKernels(tf);
    notes.push('Running on WebAssembly instead: slower.');
    return { backend: await hostBackend(), info: { name: 'wasm', notes } };
  }
  await tf.setBackend('cpu');
  repairKernels(tf);
  notes.push('WebAssembly did not start either. Running on plain JavaScript: much slower.');
  return { backend: await hostBackend(), info: { name: 'cpu', notes } };
}

/** Ends with the worker. */
async function hostBackend(): Promise<BackendAdapter<Tensor>> {
  return createLinalgBackend(await createLinearAlgebra());
}

/** Loaded only when it is needed; one thread, since the page isn't cross-origin isolated. */
async function startWasm(tf: TensorFlow): Promise<boolean> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const simd = new URL(
    '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ).href;
  const plain = new URL(
    '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    import.meta.url,
  ).href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  return tf.setBackend('wasm');
}

async function works(start: () => Promise<boolean>): Promise<boolean> {
  try {
    return await start();
  } catch {
    return false;
  }
}
