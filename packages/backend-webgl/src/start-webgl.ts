import { FuseInitError } from '@fuseinit/core';
import type { TensorFlow } from '@fuseinit/tfjs';
import { type WebglContext, wasLost, webglContext } from './webgl-context.js';

/**
 * Makes WebGL the backend of `tf`, on a new context where the old one was lost.
 *
 * @throws BACKEND_UNAVAILABLE where there is no WebGL, or none again some seconds after a loss.
 */
export async function startWebgl(tf: TensorFlow): Promise<WebglContext> {
  if (!tf.findBackendFactory('webgl')) {
    throw unavailable(
      "This copy of TensorFlow.js has no WebGL backend: import '@tensorflow/tfjs', or '@tensorflow/tfjs-backend-webgl' beside tfjs-core.",
    );
  }
  const earlier = webglContext(tf);
  // A GPU process that crashed takes a moment to come back, and what is started before that is lost as well.
  const pauses = earlier && wasLost(earlier) ? [0, 250, 500, 1000, 2000, 4000] : [0];
  let cause: unknown;
  for (const pause of pauses) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    if (pauses.length > 1) renewBackend(tf);
    try {
      const context = (await tf.setBackend('webgl')) ? webglContext(tf) : undefined;
      if (context && computes(tf) && !wasLost(context)) return context;
    } catch (error) {
      cause = error;
    }
  }
  throw unavailable(
    "WebGL can't be started in this page: it is switched off, blocked for this GPU, or missing. Run TensorFlow.js on its wasm backend instead: import '@tensorflow/tfjs-backend-wasm', then await tf.setBackend('wasm'); fuse needs no backend option for it.",
    cause,
  );
}

/** tfjs keeps a backend for good: one on a lost context would compute zeros. */
function renewBackend(tf: TensorFlow): void {
  const factory = tf.findBackendFactory('webgl');
  tf.removeBackend('webgl');
  // Before cpu, as tfjs registers it.
  tf.registerBackend('webgl', factory, 2);
}

/** On the GPU: what is smaller, tfjs forwards to the CPU. */
function computes(tf: TensorFlow): boolean {
  return tf.tidy(() => tf.add(tf.fill([64, 64], 2), tf.fill([64, 64], 3)).dataSync()[0] === 5);
}

function unavailable(message: string, cause?: unknown): FuseInitError {
  return new FuseInitError('BACKEND_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
