import type * as tfjs from '@tensorflow/tfjs';
import type { LayersModel } from '../tensorflow.js';
import type { FineTuneCallback, FineTuneOptions } from './fine-tune-options.js';

type Event = 'onTrainBegin' | 'onTrainEnd' | 'onEpochBegin' | 'onEpochEnd' | 'onBatchBegin' | 'onBatchEnd';

/** The caller's callbacks, called as `fit` calls them. */
export interface CallbackList {
  readonly wantsBatches: boolean;
  call(event: Event, ...args: readonly unknown[]): Promise<void>;
}

/** Takes plain objects and `tf.Callback`s, one or several. */
export function callbackList(
  callbacks: FineTuneOptions['callbacks'],
  model: LayersModel,
  params: Record<string, number>,
): CallbackList {
  const list = (
    Array.isArray(callbacks) ? callbacks : callbacks === undefined ? [] : [callbacks]
  ) as readonly FineTuneCallback[];
  for (const callback of list) {
    if (!isCallback(callback)) continue;
    callback.setParams(params);
    callback.setModel(model);
  }
  return {
    wantsBatches: list.some((callback) => callback.onBatchBegin || callback.onBatchEnd),
    async call(event, ...args) {
      for (const callback of list) {
        await (callback[event] as ((...args: readonly unknown[]) => unknown) | undefined)?.apply(callback, [
          ...args,
        ]);
      }
    },
  };
}

function isCallback(callback: FineTuneCallback): callback is tfjs.Callback {
  return 'setModel' in callback;
}
