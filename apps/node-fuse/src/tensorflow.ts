import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

export type BackendName = 'wasm' | 'cpu';

/** TensorFlow.js, ready on a backend that needs nothing but npm packages. */
export async function tensorflow(backend: BackendName): Promise<typeof tf> {
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}
