import type { TensorFlow } from '@fuseinit/tfjs';
import type { BackendInfo } from '../protocol.js';

/** Starts WebGL on an OffscreenCanvas, or WASM, or the plain CPU backend, and says why it isn't the one before. */
export async function startBackend(tf: TensorFlow): Promise<BackendInfo> {
  const notes: string[] = [];
  if (await works(() => tf.setBackend('webgl'))) {
    await tf.ready();
    if (tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return { name: 'webgl', notes };
    notes.push('WebGL computes in half precision here, too little for fusing.');
  } else {
    notes.push('This browser gives workers no WebGL.');
  }
  if (await works(() => startWasm(tf))) {
    notes.push('Running on WebAssembly instead: slower.');
    return { name: 'wasm', notes };
  }
  await tf.setBackend('cpu');
  notes.push('WebAssembly did not start either. Running on plain JavaScript: much slower.');
  return { name: 'cpu', notes };
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
