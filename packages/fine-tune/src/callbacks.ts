import { FuseInitError } from '@fuseinit/core';
import type { LayersModel } from '@fuseinit/tfjs';
import type * as tfjs from '@tensorflow/tfjs';
import type { FineTuneCallback, FineTuneOptions } from './fine-tune-options.js';

type Event =
  | 'onTrainBegin'
  | 'onTrainEnd'
  | 'onEpochBegin'
  | 'onEpochEnd'
  | 'onBatchBegin'
  | 'onBatchEnd'
  | 'onYield';

/** The caller's callbacks, called as `fit` calls them. */
export interface CallbackList {
  readonly wantsBatches: boolean;
  call(event: Event, ...args: readonly unknown[]): Promise<void>;
}

/**
 * Takes plain objects and `tf.Callback`s, one or several.
 *
 * @throws ARGUMENT_INVALID for what is neither.
 */
export function callbackList(
  callbacks: FineTuneOptions['callbacks'],
  model: LayersModel,
  params: Record<string, number>,
): CallbackList {
  const list = (
    Array.isArray(callbacks) ? callbacks : callbacks === undefined ? [] : [callbacks]
  ) as readonly FineTuneCallback[];
  for (const callback of list) {
    if (typeof callback !== 'object' || callback === null) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `callbacks holds ${callback === null ? 'null' : `a ${typeof callback}`}: objects with onEpochEnd and the like, or tf.Callbacks, were expected.`,
      );
    }
    if (!isCallback(callback)) continue;
    callback.setParams(params);
    callback.setModel(model);
  }
  return {
    wantsBatches: list.some((callback) => 'onBatchBegin' in callback || 'onBatchEnd' in callback),
    async call(event, ...args) {
      for (const callback of list) {
        const listener = (callback as Record<string, unknown>)[event];
        if (typeof listener === 'function') await listener.apply(callback, args);
      }
    },
  };
}

function isCallback(callback: FineTuneCallback): callback is tfjs.Callback {
  return 'setModel' in callback;
}

/** Whether a callback has ended the training, by `model.stopTraining = true` as in `fit`. */
export interface StopFlag {
  readonly raised: boolean;
  /** The model as it was. */
  dispose(): void;
}

/**
 * A flag that is down. The property stands on the model itself while it is trained, since the one that tfjs
 * gives a
 * `Sequential` throws before it is compiled.
 *
 * @throws ARGUMENT_INVALID for a model that has one: another call trains it.
 */
export function createStopFlag(model: LayersModel): StopFlag {
  if (Object.hasOwn(model, 'stopTraining')) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'The student is being trained by another call of fineTune: await that one first.',
    );
  }
  let raised = false;
  Object.defineProperty(model, 'stopTraining', {
    configurable: true,
    get: () => raised,
    set: (stop: boolean) => {
      raised = Boolean(stop);
    },
  });
  return {
    get raised() {
      return raised;
    },
    dispose: () => {
      delete (model as { stopTraining?: boolean }).stopTraining;
    },
  };
}
