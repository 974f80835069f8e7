import { requireNotAborted } from '@fuseinit/core';
import type { Tensor } from '@fuseinit/tfjs';
import type { ModelRun } from '@fuseinit/tfjs/internal';
import {
  batchLoss,
  type LossGradients,
  lossGradients,
  type Objective,
  takeStep,
  teach,
} from './batch-loss.js';
import type { CallbackList, StopFlag } from './callbacks.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import { setRate, type TrainedGroup } from './trained-layers.js';
import type { TrainingBatch, TrainingSource } from './training-data.js';

/** The state of one call of `fineTune`: its options, objective and optimizers. */
export interface Training {
  readonly options: FineTuneOptions;
  readonly objective: Objective;
  readonly groups: readonly TrainedGroup[];
  readonly source: TrainingSource;
}

/**
 * Trains for one epoch, or until the flag is raised.
 *
 * @param rate The learning rate of each step, including warm-up.
 * @returns the mean loss over the samples, computed for each batch before its step.
 */
export async function trainEpoch(
  training: Training,
  epoch: number,
  rate: number,
  callbacks: CallbackList,
  flag: StopFlag,
): Promise<number> {
  const { options, groups, source } = training;
  const { tf, warmUp = 0, seed = 0, signal } = options;
  const batches = source.batchesPerEpoch ?? 0;
  const stepsToWarmUp = warmUp * batches;
  let total = tf.scalar(0) as Tensor;
  let samples = 0;
  let index = 0;
  const pause = pauser(() => callbacks.call('onYield', epoch, index, {}));
  try {
    for await (const batch of source.batches(mixedSeed(seed, epoch))) {
      requireNotAborted(signal, `epoch ${epoch}`);
      const step = epoch * batches + index;
      setRate(groups, stepsToWarmUp > 0 ? rate * Math.min(1, (step + 1) / stepsToWarmUp) : rate);
      if (callbacks.wantsBatches)
        await callbacks.call('onBatchBegin', index, { batch: index, size: batch.samples });
      const value = trainBatch(training, batch);
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

/** Takes one step and returns the loss before it. The caller disposes it. */
function trainBatch({ options: { tf }, objective, groups }: Training, batch: TrainingBatch): Tensor {
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

/** Mixes the seed with the epoch, so that the orders of consecutive epochs are unrelated. */
function mixedSeed(seed: number, epoch: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b);
}

/** The mean loss over the samples of a source, at inference. */
export async function meanLoss(
  { options: { tf, signal }, objective }: Training,
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

/** Yields to the event loop about twenty times a second, for timers, input and the caller's signal. */
function pauser(onPause?: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await onPause?.();
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
