import { requireNotAborted, uniformStream } from '@fuseinit/core';
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

/** A pass over the training data, or over its first batches. */
export interface Pass {
  /** The number of the epoch, which decides the order of samples and what dropout drops. */
  readonly epoch: number;
  /** The learning rate of a step, by the number of its batch. */
  readonly rateAt: (batch: number) => number;
  /** The number of batches after which the pass ends. Default: all. */
  readonly most?: number;
  readonly callbacks: CallbackList;
  /** Ends the pass when it is raised. */
  readonly flag: StopFlag;
}

/** @returns the mean loss over the samples, computed for each batch before its step. */
export async function trainBatches(
  training: Training,
  { epoch, rateAt, most = Number.POSITIVE_INFINITY, callbacks, flag }: Pass,
): Promise<number> {
  const { options, groups, source } = training;
  const { tf, seed = 0, signal } = options;
  const random = uniformStream(seed * 7919 + epoch);
  let total = tf.scalar(0) as Tensor;
  let samples = 0;
  let index = 0;
  const pause = pauser(() => callbacks.call('onYield', epoch, index, {}));
  try {
    for await (const batch of source.batches(mixedSeed(seed, epoch))) {
      requireNotAborted(signal, `epoch ${epoch}`);
      setRate(groups, rateAt(index));
      if (callbacks.wantsBatches)
        await callbacks.call('onBatchBegin', index, { batch: index, size: batch.samples });
      const value = drawingFrom(random, () => trainBatch(training, batch));
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
      index++;
      if (flag.raised || index >= most) break;
      await pause();
    }
    return (await total.data())[0]! / samples;
  } finally {
    total.dispose();
  }
}

/**
 * Runs a step while `Math.random` is a seeded stream. Dropout and noise of TensorFlow.js draw from it unless
 * their layers have a seed, so that neither a second run nor a resumed one would otherwise be the same.
 */
function drawingFrom<Result>(random: () => number, step: () => Result): Result {
  const own = Math.random;
  Math.random = random;
  try {
    return step();
  } finally {
    Math.random = own;
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

/** Some of a source's batches, drawn by the seed. */
interface SomeBatches {
  /** The number of an epoch, in whose order the batches are read. */
  readonly epoch: number;
  readonly most: number;
}

/** The mean loss over the samples of a source, or over some of its batches, at inference. */
export async function meanLoss(
  { options: { tf, seed = 0, signal }, objective }: Training,
  source: TrainingSource,
  some?: SomeBatches,
): Promise<number> {
  const pause = pauser();
  let sum = 0;
  let samples = 0;
  let batches = 0;
  for await (const batch of source.batches(some && mixedSeed(seed, some.epoch))) {
    requireNotAborted(signal, 'validation');
    const loss = tf.tidy(() => batchLoss(tf, objective, batch, teach(tf, objective, batch), false));
    try {
      sum += (await loss.data())[0]! * batch.samples;
    } finally {
      loss.dispose();
    }
    samples += batch.samples;
    batches++;
    if (some && batches >= some.most) break;
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
