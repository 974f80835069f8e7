import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Loss } from '@fuseinit/tfjs/internal';
import type * as tfjs from '@tensorflow/tfjs';
import type { DistillationOptions } from './distillation.js';
import type { FineTuneState, RateSearch, TriedRate } from './fine-tune-state.js';
import type { TrainingData } from './training-data.js';

/** Options of `fineTune`. */
export interface FineTuneOptions {
  /** The caller's TensorFlow.js, with a backend that is initialised and able to train. */
  readonly tf: TensorFlow;
  /** The inputs and labels, or only inputs if there is a `teacher`. */
  readonly data: TrainingData;
  /** The number of passes over the data. */
  readonly epochs: number;
  /**
   * The number of samples per batch. Default 32, or the fixed batch size of the student. The batches of a
   * dataset are used as they are.
   */
  readonly batchSize?: number;
  /**
   * The loss on labels, for each output in order, or one for all. Default: the loss that the student was
   * compiled with.
   */
  readonly loss?: Loss | readonly Loss[];
  /**
   * The model whose outputs and pre-activations the student is also trained on. It is neither changed nor
   * disposed.
   */
  readonly teacher?: LayersModel;
  /** The options of distillation from the teacher. Requires `teacher`. */
  readonly distillation?: DistillationOptions;
  /**
   * Creates an optimizer with a learning rate; called once for each distinct rate in `layerRates`. Default
   * `tf.train.adam`.
   */
  readonly optimizer?: (learningRate: number) => tfjs.Optimizer;
  /**
   * The learning rate for all epochs, or a function of the epoch, counted from 0. Default 1e-4, a tenth of
   * the usual rate for random weights, since larger steps destroy a good start before they improve on it.
   *
   * `'auto'` finds a rate: it trains for a few steps with each of three to seven rates, 1 and 3 times powers
   * of ten, and takes the one with the lowest validation loss, or training loss without `validationData`.
   * Training starts with this rate, which falls to 0 along a cosine.
   */
  readonly learningRate?: number | ((epoch: number) => number) | 'auto';
  /**
   * The number of epochs, possibly fractional, over which the rate increases linearly from 0 with each batch.
   * Default 0.
   */
  readonly warmUp?: number;
  /**
   * The factors by which layers' learning rates are multiplied, by layer name (`outer/inner` in a nested
   * model). 0 freezes a layer, including the moving moments of batch normalisation. Default 1.
   */
  readonly layerRates?: Readonly<Record<string, number>>;
  /** The data on which the validation loss is measured after each epoch; never trained on. */
  readonly validationData?: TrainingData;
  /** Stops when the validation loss hasn't fallen by `minDelta` (default 0) for `patience` epochs. */
  readonly earlyStopping?: { readonly patience: number; readonly minDelta?: number };
  /**
   * Whether to restore the weights with the lowest validation loss at the end. Default true with
   * `validationData`.
   */
  readonly restoreBestWeights?: boolean;
  /**
   * Callbacks as for `fit`. Setting `model.stopTraining = true` in one ends the training; in a batch
   * callback, immediately.
   */
  readonly callbacks?: FineTuneCallback | readonly FineTuneCallback[];
  /** The seed of the order of samples, which differs in each epoch. Default 0. */
  readonly seed?: number;
  /**
   * Called after each epoch and its callbacks; `state()` downloads everything that is needed to resume from
   * there.
   */
  readonly onEpoch?: (epoch: FineTuneEpoch, state: () => Promise<FineTuneState>) => void | Promise<void>;
  /** Called after each trial of `learningRate: 'auto'`, before the first epoch. */
  readonly onTriedRate?: (tried: TriedRate) => void;
  /** The state to resume from, taken after an epoch of a model with the same layers. */
  readonly resume?: FineTuneState;
  readonly signal?: AbortSignal;
}

/** A plain object of listeners, or a `tf.Callback`, whose own types would hide those of the listeners. */
export type FineTuneCallback = tfjs.CustomCallbackArgs | Pick<tfjs.Callback, 'setModel' | 'setParams'>;

/** The losses of one epoch. */
export interface FineTuneEpoch {
  /** The number of the epoch, counted from 0. */
  readonly epoch: number;
  readonly learningRate: number;
  /** The mean loss over the samples, computed for each batch before its step. */
  readonly loss: number;
  /** The mean loss over the validation samples, at inference; null without `validationData`. */
  readonly validationLoss: number | null;
  readonly seconds: number;
}

/** The result of `fineTune`. */
export interface FineTuned {
  readonly epochs: readonly FineTuneEpoch[];
  /**
   * The epoch with the lowest validation loss; -1 if no epoch was better than the start (or the epoch before,
   * when resumed without a best one); null without `validationData`.
   */
  readonly bestEpoch: number | null;
  /** The validation loss before any training; null without `validationData`. */
  readonly startValidationLoss: number | null;
  readonly stoppedBy: 'epochs' | 'earlyStopping' | 'callback';
  /** How the learning rate was found, in this run or the one that is resumed; null if it was given. */
  readonly rateSearch: RateSearch | null;
}

/**
 * Refuses options that make no sense before any work is done.
 *
 * @throws ARGUMENT_INVALID with the option, its value and what was expected.
 * @throws SPEC_VERSION_UNSUPPORTED, CHECKPOINT_MISMATCH for a state to resume that doesn't suit them.
 */
export function requireFineTuneOptions(options: FineTuneOptions): void {
  const { tf, epochs, batchSize, learningRate, warmUp, earlyStopping, seed, resume } = options ?? {};
  if (typeof tf?.tidy !== 'function' || typeof tf?.train?.adam !== 'function') {
    throw invalid('tf', tf, 'your own TensorFlow.js (import * as tf from "@tensorflow/tfjs")');
  }
  if (!(Number.isInteger(epochs) && epochs > 0)) throw invalid('epochs', epochs, 'a positive integer');
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw invalid('batchSize', batchSize, 'a positive integer');
  }
  for (const name of ['optimizer', 'onEpoch', 'onTriedRate'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'function') throw invalid(name, value, 'a function');
  }
  if (resume !== undefined && resume?.specVersion !== 1) {
    throw new FuseInitError(
      'SPEC_VERSION_UNSUPPORTED',
      `resume is of specVersion ${JSON.stringify(resume?.specVersion)}: a state of version 1, as state() in onEpoch gives it, was expected.`,
    );
  }
  if (resume && learningRate === 'auto' && !resume.rateSearch) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      "The state to resume was taken with a learning rate that was given, and learningRate is 'auto': give the same rate again.",
    );
  }
  if (seed !== undefined && !Number.isInteger(seed)) throw invalid('seed', seed, 'an integer');
  if (learningRate !== undefined && learningRate !== 'auto' && typeof learningRate !== 'function')
    requireRate(learningRate);
  if (warmUp !== undefined && !(Number.isFinite(warmUp) && warmUp >= 0)) {
    throw invalid('warmUp', warmUp, 'a number of epochs from 0');
  }
  if (options.distillation && !options.teacher) {
    throw invalid('teacher', undefined, 'the model to distil from, since distillation came,');
  }
  if (!options.validationData) {
    for (const name of ['earlyStopping', 'restoreBestWeights'] as const) {
      if (options[name])
        throw invalid('validationData', undefined, `data to measure on, since ${name} came,`);
    }
  }
  if (earlyStopping && !(Number.isInteger(earlyStopping.patience) && earlyStopping.patience > 0)) {
    throw invalid('earlyStopping.patience', earlyStopping.patience, 'a positive integer');
  }
  if (earlyStopping?.minDelta !== undefined && !(earlyStopping.minDelta >= 0)) {
    throw invalid('earlyStopping.minDelta', earlyStopping.minDelta, 'a number from 0');
  }
}

/** @throws ARGUMENT_INVALID for a value that is not a valid rate. */
export function requireRate(rate: unknown): void {
  if (!(typeof rate === 'number' && Number.isFinite(rate) && rate >= 0)) {
    throw invalid('learningRate', rate, "a number from 0, a function of the epoch that gives one, or 'auto'");
  }
}

function invalid(name: string, value: unknown, expected: string): FuseInitError {
  const given =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object' && value !== null
        ? 'an object'
        : String(value);
  return new FuseInitError('ARGUMENT_INVALID', `${name} is ${given}: ${expected} was expected.`);
}
