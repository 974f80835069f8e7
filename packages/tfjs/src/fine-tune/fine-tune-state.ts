import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/** A tensor as data, row-major. */
export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/** What an optimizer has gathered. */
export interface SavedOptimizer {
  /** The part of the rate that it trains at. */
  readonly factor: number;
  /** Its class, as tfjs names it. */
  readonly className?: string;
  readonly weights: readonly SavedTensor[];
}

/** All that training needs to go on after an epoch, as data that can be cloned and stored. */
export interface FineTuneState {
  readonly specVersion: 1;
  /** Epochs done. */
  readonly epochsDone: number;
  readonly weights: readonly SavedTensor[];
  /** One for each part of the rate. */
  readonly optimizers: readonly SavedOptimizer[];
  /** Null where nothing was validated. */
  readonly best: {
    readonly epoch: number;
    readonly startLoss: number;
    readonly loss: number;
    /** Empty where they weren't to be restored. */
    readonly weights: readonly SavedTensor[];
    /** The last epoch that was lower by `minDelta`, from which `patience` counts. */
    readonly lastFall: { readonly epoch: number; readonly loss: number };
  } | null;
}

/** Downloads named tensors. */
export function saveTensors(
  tensors: readonly { readonly name: string; readonly tensor: Tensor }[],
): Promise<SavedTensor[]> {
  return Promise.all(
    tensors.map(async ({ name, tensor }) => ({
      name,
      shape: [...tensor.shape],
      dtype: tensor.dtype as SavedTensor['dtype'],
      data: (await tensor.data()).slice() as SavedTensor['data'],
    })),
  );
}

/** All weights of a model, in its order. */
export function saveWeights(model: LayersModel): Promise<SavedTensor[]> {
  return saveTensors(model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() })));
}

/**
 * Gives a model the weights that were saved.
 *
 * @throws CHECKPOINT_MISMATCH when they are of another model.
 */
export function loadWeights(tf: TensorFlow, model: LayersModel, saved: readonly SavedTensor[]): void {
  requireWeightsOf(model, saved);
  tf.tidy(() => model.setWeights(saved.map((weight) => tensorOf(tf, weight))));
}

/**
 * @throws CHECKPOINT_MISMATCH for saved weights of another model.
 */
export function requireWeightsOf(model: LayersModel, saved: readonly SavedTensor[]): void {
  const told = (weights: readonly { readonly shape: readonly (number | null)[] }[]) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ');
  if (told(saved) === told(model.weights)) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The state holds weights of shapes ${told(saved)}, the student has ${told(model.weights)}: it was taken from another model.`,
  );
}

/** A saved tensor on the device, the caller's to dispose. */
export function tensorOf(tf: TensorFlow, { data, shape, dtype }: SavedTensor): Tensor {
  return tf.tensor(data, [...shape], dtype);
}
