import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Loss } from '@fuseinit/tfjs/internal';
import type * as tfjs from '@tensorflow/tfjs';
import type { DistillationOptions } from './distillation.js';
import type { FineTuneState } from './fine-tune-state.js';
import type { TrainingData } from './training-data.js';

/** Options of `fineTune`. */
export interface FineTuneOptions {
  /** The caller's TensorFlow.js, its backend chosen, ready and able to train. */
  readonly tf: TensorFlow;
  /** Inputs and labels, or with a `teacher` inputs alone. */
  readonly data: TrainingData;
  /** Passes over the data. */
  readonly epochs: number;
  /**
   * Default 32, or the batch that the student was built for. Of a dataset the batches come as it makes them.
   */
  readonly batchSize?: number;
  /** Of labels, for each output in order, or one for all. Default what the student was compiled with. */
  readonly loss?: Loss | readonly Loss[];
  /** Whose outputs and pre-activations the student is held to as well; it is neither changed nor disposed. */
  readonly teacher?: LayersModel;
  /** What of the teacher counts, and how much. Needs `teacher`. */
  readonly distillation?: DistillationOptions;
  /** Makes an optimizer at a rate; one is made for each rate in `layerRates`. Default `tf.train.adam`. */
  readonly optimizer?: (learningRate: number) => tfjs.Optimizer;
  /**
   * For all epochs, or for one, counted from 0. Default 1e-4: a tenth of what suits random weights, since
   * larger steps undo a good start before they improve on it.
   */
  readonly learningRate?: number | ((epoch: number) => number);
  /** Epochs (parts too) over which the rate grows from 0 in even steps, one a batch. Default 0. */
  readonly warmUp?: number;
  /**
   * Of the rate, the part that a layer gets, by its name (`outer/inner` in a nested model): 0 leaves it as it
   * is, batch normalisation's moving moments too. Default 1.
   */
  readonly layerRates?: Readonly<Record<string, number>>;
  /** Measured after each epoch, and never trained on. */
  readonly validationData?: TrainingData;
  /** Stops when the validation loss hasn't fallen by `minDelta` (default 0) for `patience` epochs. */
  readonly earlyStopping?: { readonly patience: number; readonly minDelta?: number };
  /**
   * Whether the student ends with the weights of its lowest validation loss. Default true with
   * `validationData`.
   */
  readonly restoreBestWeights?: boolean;
  /** As `fit` takes them; `model.stopTraining = true` in one ends the training, in one of a batch at once. */
  readonly callbacks?: FineTuneCallback | readonly FineTuneCallback[];
  /** Decides the order of samples, which is another in each epoch. Default 0. */
  readonly seed?: number;
  /**
   * Called after each epoch, its callbacks done; `state()` downloads all that is needed to go on from there.
   */
  readonly onEpoch?: (epoch: FineTuneEpoch, state: () => Promise<FineTuneState>) => void | Promise<void>;
  /** Goes on after the epoch that this was taken at, in a model of the same layers. */
  readonly resume?: FineTuneState;
  readonly signal?: AbortSignal;
}

/** A plain object of listeners, or a `tf.Callback`, whose own types would hide those of the listeners. */
export type FineTuneCallback = tfjs.CustomCallbackArgs | Pick<tfjs.Callback, 'setModel' | 'setParams'>;

/** How one epoch went. */
export interface FineTuneEpoch {
  /** Counted from 0. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Mean over the samples, each batch before its step. */
  readonly loss: number;
  /** Mean over the validation samples, at inference; null without `validationData`. */
  readonly validationLoss: number | null;
  readonly seconds: number;
}

/** The result of `fineTune`. */
export interface FineTuned {
  readonly epochs: readonly FineTuneEpoch[];
  /**
   * Of the lowest validation loss, -1 where no epoch was better than the start (resumed without a best: the
   * epoch before); null without `validationData`.
   */
  readonly bestEpoch: number | null;
  /** The validation loss before any training; null without `validationData`. */
  readonly startValidationLoss: number | null;
  readonly stoppedBy: 'epochs' | 'earlyStopping' | 'callback';
}

/**
 * Refuses options that make no sense before any work is done.
 *
 * @throws ARGUMENT_INVALID with the option, its value and what was expected.
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
  for (const name of ['optimizer', 'onEpoch'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'function') throw invalid(name, value, 'a function');
  }
  if (resume !== undefined && resume?.specVersion !== 1) {
    throw new FuseInitError(
      'SPEC_VERSION_UNSUPPORTED',
      `resume is of specVersion ${JSON.stringify(resume?.specVersion)}: a state of version 1, as state() in onEpoch gives it, was expected.`,
    );
  }
  if (seed !== undefined && !Number.isInteger(seed)) throw invalid('seed', seed, 'an integer');
  if (learningRate !== undefined && typeof learningRate !== 'function') requireRate(learningRate);
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

/**
 * @throws ARGUMENT_INVALID for what is no rate.
 */
export function requireRate(rate: unknown): void {
  if (!(typeof rate === 'number' && Number.isFinite(rate) && rate >= 0)) {
    throw invalid('learningRate', rate, 'a number from 0, or a function of the epoch that gives one');
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
