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
 * Creates the list from one or several plain objects and `tf.Callback`s.
 *
 * @throws ARGUMENT_INVALID for any other value.
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
  /** Restores the model. */
  dispose(): void;
}

/**
 * Creates a flag that is not raised. The property is defined on the model itself while it is trained, since
 * that of a tfjs `Sequential` throws before the model is compiled.
 *
 * @throws ARGUMENT_INVALID for a model that already has a flag, since another call is training it.
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
