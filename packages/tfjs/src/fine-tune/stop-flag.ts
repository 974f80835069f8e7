import { FuseInitError } from '@fuseinit/core';
import type { LayersModel } from '../tensorflow.js';

/** Whether a callback has asked for the end of the training, by `model.stopTraining = true` as in `fit`. */
export interface StopFlag {
  readonly raised: boolean;
  /** The model as it was. */
  dispose(): void;
}

/**
 * A flag that is down. The property stands on the model itself while it is trained, since the one that tfjs gives a
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
