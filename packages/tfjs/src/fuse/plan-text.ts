import type { LayersModel } from '../tensorflow.js';
import type { Step } from './plan-steps.js';
import type { Work } from './work.js';

/** What a checkpoint is of: two calls of the same text gather the same, as far as the data come in the same order. */
export async function planText(
  teacher: LayersModel,
  steps: readonly Step[],
  { source, backend, options }: Work,
): Promise<string> {
  const { ridge, channelCoupling, propagate, refit, heldOut, batchSize, samples } = options;
  const weights: number[] = [];
  for (const weight of teacher.getWeights()) weights.push(fingerprint(await backend.read(weight)));
  return JSON.stringify({
    steps: steps.map(({ stage, run, lowered }) => [stage, run.map(({ id }) => id), lowered.fused.geometry]),
    options: { ridge, channelCoupling, propagate, refit, heldOut, batchSize, samples },
    samples: source.totalSamples,
    weights,
  });
}

/** FNV-1a over the bits of float32 numbers: a reloaded model has the same, a retrained one doesn't. */
function fingerprint(values: ArrayLike<number>): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(Float32Array.from(values).buffer)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
