import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

export { tf };

/** Runs on the backend `cpu` and on `wasm`, and gives the values of the tensors that come out. */
export async function onBoth(run: () => tf.Tensor[]): Promise<{ cpu: Values[]; wasm: Values[] }> {
  return { cpu: await on('cpu', run), wasm: await on('wasm', run) };
}

export interface Values {
  readonly shape: number[];
  readonly values: number[];
}

async function on(backend: 'cpu' | 'wasm', run: () => tf.Tensor[]): Promise<Values[]> {
  await tf.setBackend(backend);
  const outputs = tf.tidy(run);
  const values = outputs.map((output) => ({ shape: output.shape, values: Array.from(output.dataSync()) }));
  tf.dispose(outputs);
  return values;
}

/**
 * Whole numbers from -3 to 3. Products of them and sums of some thousand products are whole numbers below
 * 2^24, which float32 holds without rounding: whatever the order of a sum, its result is the same to the last
 * bit.
 */
export function wholeNumbers(shape: number[], seed: number): tf.Tensor4D {
  return tf.tidy(() => tf.randomUniform(shape, -3.5, 3.5, 'float32', seed).round() as tf.Tensor4D);
}
