import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import type { TrainedGroup } from './trained-groups.js';

/** A tensor as data, row-major. */
export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/** All that training needs to go on after an epoch, as data that can be cloned and stored. */
export interface FineTuneState {
  readonly specVersion: 1;
  /** Epochs done. */
  readonly epochsDone: number;
  readonly weights: readonly SavedTensor[];
  /** Of each optimizer, by the part of the rate that it trains at. */
  readonly optimizers: readonly { readonly factor: number; readonly weights: readonly SavedTensor[] }[];
  /** Null where nothing was validated. */
  readonly best: {
    readonly epoch: number;
    readonly startLoss: number;
    readonly loss: number;
    readonly weights: readonly SavedTensor[];
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

/** What a group's optimizer has gathered. */
export async function saveOptimizer(
  tf: TensorFlow,
  { factor, optimizer }: TrainedGroup,
): Promise<FineTuneState['optimizers'][number]> {
  const named = await optimizer.getWeights();
  const weights = await saveTensors(named);
  // The count of steps comes as a tensor made for the call, the rest as the optimizer's own variables.
  for (const { tensor } of named) if (!(tensor instanceof tf.Variable)) tensor.dispose();
  return { factor, weights };
}

/**
 * Gives a model the weights that were saved.
 *
 * @throws CHECKPOINT_MISMATCH when they are of another model.
 */
export function loadWeights(tf: TensorFlow, model: LayersModel, saved: readonly SavedTensor[]): void {
  const told = (weights: readonly { readonly shape: readonly (number | null)[] }[]) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ');
  if (told(saved) !== told(model.weights)) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state holds weights of shapes ${told(saved)}, the student has ${told(model.weights)}: it was taken from another model.`,
    );
  }
  tf.tidy(() => model.setWeights(saved.map((weight) => tensorOf(tf, weight))));
}

/**
 * Gives the groups' optimizers what was saved of them.
 *
 * @throws CHECKPOINT_MISMATCH when they train at other parts of the rate.
 */
export async function loadOptimizers(
  tf: TensorFlow,
  groups: readonly TrainedGroup[],
  saved: FineTuneState['optimizers'],
): Promise<void> {
  for (const { factor, optimizer } of groups) {
    const own = saved.find((other) => other.factor === factor);
    if (!own || saved.length !== groups.length) {
      throw new FuseInitError(
        'CHECKPOINT_MISMATCH',
        `The state holds optimizers for the parts ${saved.map((other) => other.factor).join(', ')} of the rate; layerRates asks for ${groups.map((group) => group.factor).join(', ')}.`,
      );
    }
    const tensors = own.weights.map((weight) => ({ name: weight.name, tensor: tensorOf(tf, weight) }));
    await optimizer.setWeights(tensors);
    tf.dispose(tensors.map(({ tensor }) => tensor));
  }
}

function tensorOf(tf: TensorFlow, { data, shape, dtype }: SavedTensor): Tensor {
  return tf.tensor(data, [...shape], dtype);
}
