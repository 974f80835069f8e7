import type { LayersModel } from '../tensorflow.js';

/** Whether a callback has asked for the end of the training, by `stopTraining` as in `fit`. */
export interface StopFlag {
  /** What a `tf.Callback` is given as its model. */
  readonly model: LayersModel;
  readonly raised: boolean;
}

/** A flag that is down; so is the model's own, where it has one: a `Sequential` has none before it is compiled. */
export function createStopFlag(model: LayersModel): StopFlag {
  let raised = false;
  const keepsOwn = 'optimizer' in model && model.optimizer !== undefined;
  if (keepsOwn) model.stopTraining = false;
  const seen = Object.create(model, {
    stopTraining: {
      get: () => raised,
      set: (stop: boolean) => {
        raised = stop;
      },
    },
  }) as LayersModel;
  return {
    model: seen,
    get raised() {
      return raised || (keepsOwn && model.stopTraining);
    },
  };
}
