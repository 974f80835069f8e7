import { requireNotAborted } from '@fuseinit/core';
import type { ModelRun } from '../network/run-network.js';
import type { Tensor } from '../tensorflow.js';
import { batchLoss, teach } from './batch-loss.js';
import type { CallbackList } from './callback-list.js';
import { type LossGradients, lossGradients, takeStep } from './loss-gradients.js';
import { pauser } from './pauser.js';
import type { StopFlag } from './stop-flag.js';
import { setRate } from './trained-groups.js';
import type { TrainingBatch } from './training-source.js';
import type { Work } from './work.js';

/**
 * Passes over the data once, or until the flag is raised.
 *
 * @param rate Of every step, warmed up.
 * @returns Mean loss over the samples, each batch before its step.
 */
export async function trainEpoch(
  work: Work,
  epoch: number,
  rate: number,
  callbacks: CallbackList,
  flag: StopFlag,
): Promise<number> {
  const { options, groups, training } = work;
  const { tf, warmUp = 0, seed = 0, signal } = options;
  const batches = training.batchesPerEpoch ?? 0;
  const stepsToWarmUp = warmUp * batches;
  let total = tf.scalar(0) as Tensor;
  let samples = 0;
  let index = 0;
  const pause = pauser(() => callbacks.call('onYield', epoch, index, {}));
  try {
    for await (const batch of training.batches(mixedSeed(seed, epoch))) {
      requireNotAborted(signal, `epoch ${epoch}`);
      const step = epoch * batches + index;
      setRate(groups, stepsToWarmUp > 0 ? rate * Math.min(1, (step + 1) / stepsToWarmUp) : rate);
      if (callbacks.wantsBatches)
        await callbacks.call('onBatchBegin', index, { batch: index, size: batch.samples });
      const value = trainBatch(work, batch);
      try {
        const sum = tf.tidy(() => total.add(value.mul(batch.samples)));
        total.dispose();
        total = sum;
        samples += batch.samples;
        if (callbacks.wantsBatches) {
          const loss = (await value.data())[0]!;
          await callbacks.call('onBatchEnd', index, { batch: index, size: batch.samples, loss });
        }
      } finally {
        value.dispose();
      }
      if (flag.raised) break;
      index++;
      await pause();
    }
    return (await total.data())[0]! / samples;
  } finally {
    total.dispose();
  }
}

/** One step; gives the loss before it, the receiver's to dispose. */
function trainBatch({ options: { tf }, objective, groups }: Work, batch: TrainingBatch): Tensor {
  let taught: ModelRun | undefined;
  let gradients: LossGradients | undefined;
  let done = false;
  try {
    taught = teach(tf, objective, batch);
    gradients = lossGradients(tf, () => batchLoss(tf, objective, batch, taught, true), groups);
    takeStep(groups, gradients);
    done = true;
    return gradients.value;
  } finally {
    tf.dispose([taught, gradients?.grads, done ? undefined : gradients?.value] as never);
  }
}

/** Seeds of neighbouring epochs give orders that have nothing to do with each other. */
function mixedSeed(seed: number, epoch: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b);
}
