import { requireNotAborted } from '@fuseinit/core';
import { batchLoss, teach } from './batch-loss.js';
import { pauser } from './pauser.js';
import type { TrainingSource } from './training-source.js';
import type { Work } from './work.js';

/** Mean loss over the samples of a source, at inference. */
export async function meanLoss(
  { options: { tf, signal }, objective }: Work,
  source: TrainingSource,
): Promise<number> {
  const pause = pauser();
  let sum = 0;
  let samples = 0;
  for await (const batch of source.batches()) {
    requireNotAborted(signal, 'validation');
    const loss = tf.tidy(() => batchLoss(tf, objective, batch, teach(tf, objective, batch), false));
    try {
      sum += (await loss.data())[0]! * batch.samples;
    } finally {
      loss.dispose();
    }
    samples += batch.samples;
    await pause();
  }
  return sum / samples;
}
