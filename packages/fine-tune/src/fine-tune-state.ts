import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import type * as tfjs from '@tensorflow/tfjs';
import type { TrainedGroup } from './trained-layers.js';

/** A tensor as plain data, in row-major order. */
export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/** The state of an optimizer. */
export interface SavedOptimizer {
  /** The factor by which its learning rate is multiplied. */
  readonly factor: number;
  /** The name of its class in tfjs. */
  readonly className?: string;
  readonly weights: readonly SavedTensor[];
}

/** A learning rate that was tried, and its effect. */
export interface TriedRate {
  readonly learningRate: number;
  /** The loss after the trial; null if it was no finite number. */
  readonly loss: number | null;
}

/** How `learningRate: 'auto'` found its rate. */
export interface RateSearch {
  /** The rate with the lowest loss, which training starts with. */
  readonly learningRate: number;
  /** The number of steps of each trial. */
  readonly steps: number;
  /** The loss before any training. */
  readonly startLoss: number;
  /** The trials, in the order in which they were made. */
  readonly tried: readonly TriedRate[];
}

/** Everything that is needed to resume training after an epoch, as data that can be cloned and stored. */
export interface FineTuneState {
  readonly specVersion: 1;
  /** The number of completed epochs. */
  readonly epochsDone: number;
  readonly weights: readonly SavedTensor[];
  /** The optimizers, one for each distinct factor of the learning rate. */
  readonly optimizers: readonly SavedOptimizer[];
  /** The best validation loss so far, with its epoch and weights; null without validation. */
  readonly best: {
    readonly epoch: number;
    readonly startLoss: number;
    readonly loss: number;
    /** The weights with the best loss; empty if they aren't to be restored. */
    readonly weights: readonly SavedTensor[];
    /** The last epoch whose loss was lower by `minDelta`, from which `patience` counts. */
    readonly lastFall: { readonly epoch: number; readonly loss: number };
  } | null;
  /** The search for the learning rate, if it was 'auto'. */
  readonly rateSearch?: RateSearch;
}

/** Downloads named tensors. */
function saveTensors(
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

/** Downloads all weights of a model, in its order. */
export function saveWeights(model: LayersModel): Promise<SavedTensor[]> {
  return saveTensors(model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() })));
}

/**
 * Sets a model's weights to saved ones.
 *
 * @throws CHECKPOINT_MISMATCH if they belong to another model.
 */
export function loadWeights(tf: TensorFlow, model: LayersModel, saved: readonly SavedTensor[]): void {
  requireWeightsOf(model, saved);
  tf.tidy(() => model.setWeights(saved.map((weight) => tensorOf(tf, weight))));
}

/**
 * @throws CHECKPOINT_MISMATCH for saved weights of another model.
 */
export function requireWeightsOf(model: LayersModel, saved: readonly SavedTensor[]): void {
  const shapesOf = (weights: readonly { readonly shape: readonly (number | null)[] }[]) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ');
  if (shapesOf(saved) === shapesOf(model.weights)) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The state holds weights of shapes ${shapesOf(saved)}, the student has ${shapesOf(model.weights)}: it was taken from another model.`,
  );
}

/** Uploads a saved tensor to the device. The caller disposes it. */
function tensorOf(tf: TensorFlow, { data, shape, dtype }: SavedTensor): Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/**
 * Downloads the state of a group's optimizer.
 *
 * @throws ARGUMENT_INVALID for an optimizer that tfjs can't save.
 */
export async function saveOptimizer(
  tf: TensorFlow,
  { factor, optimizer }: TrainedGroup,
): Promise<SavedOptimizer> {
  const className = optimizer.getClassName();
  const named = await optimizer.getWeights().catch((cause: unknown) => {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `tfjs can't save the optimizer ${className}, so state() can't be taken: use another, such as adam, or leave state() alone.`,
      { cause },
    );
  });
  try {
    return { factor, className, weights: await saveTensors(named) };
  } finally {
    // The step count is a tensor created for the call; the others are the optimizer's own variables.
    for (const { tensor } of named) if (!(tensor instanceof tf.Variable)) tensor.dispose();
  }
}

/**
 * Restores the saved state of the groups' optimizers.
 *
 * @throws CHECKPOINT_MISMATCH if they are of other classes, or train other layers or with other rate factors.
 */
export async function loadOptimizers(
  tf: TensorFlow,
  groups: readonly TrainedGroup[],
  saved: FineTuneState['optimizers'],
): Promise<void> {
  for (const group of groups) {
    const own = saved.find((other) => other.factor === group.factor);
    if (!own || saved.length !== groups.length) {
      throw mismatch(
        `The state holds optimizers for the parts ${saved.map((other) => other.factor).join(', ')} of the rate; layerRates asks for ${groups.map(({ factor }) => factor).join(', ')}.`,
      );
    }
    requireGathered(group, own);
    const tensors = own.weights.map((weight) => ({ name: weight.name, tensor: tensorOf(tf, weight) }));
    try {
      await group.optimizer.setWeights(tensors);
      repeatDecays(tf, group.optimizer, Number(own.weights[0]?.data[0] ?? 0));
    } catch (cause) {
      throw mismatch(`tfjs can't give ${group.optimizer.getClassName()} what was saved.`, cause);
    } finally {
      tf.dispose(tensors.map(({ tensor }) => tensor));
    }
  }
}

/**
 * Checks a saved state: the step count comes first, then one or more tensors for each trained variable, kind
 * by kind.
 */
function requireGathered({ optimizer, variables }: TrainedGroup, saved: SavedOptimizer): void {
  const className = optimizer.getClassName();
  if (saved.className !== undefined && saved.className !== className) {
    throw mismatch(`The state was taken with the optimizer ${saved.className}; ${className} came.`);
  }
  const gathered = saved.weights.slice(1);
  const fits =
    gathered.length % variables.length === 0 &&
    gathered.every(({ shape }, index) => `${shape}` === `${variables[index % variables.length]!.shape}`);
  if (!fits) {
    throw mismatch(
      `The state's optimizer trained variables of other shapes than the ${variables.length} trained now: the same frozen layers and layerRates were expected.`,
    );
  }
}

/**
 * Adam corrects its moments by powers of its decays. tfjs accumulates the powers step by step, but computes
 * them directly on loading, which rounds differently. They are accumulated again here, so that resumed
 * training is identical to the last bit.
 */
function repeatDecays(tf: TensorFlow, optimizer: tfjs.Optimizer, steps: number): void {
  const adam = optimizer as unknown as Partial<
    Record<'accBeta1' | 'accBeta2', tfjs.Variable> & Record<'beta1' | 'beta2', number>
  >;
  for (const [product, decay] of [
    [adam.accBeta1, adam.beta1],
    [adam.accBeta2, adam.beta2],
  ] as const) {
    if (!product || decay === undefined) continue;
    const factor = Math.fround(decay);
    let value = factor;
    for (let step = 0; step < steps && value > 0; step++) value = Math.fround(value * factor);
    tf.tidy(() => product.assign(tf.scalar(value)));
  }
}

function mismatch(message: string, cause?: unknown): FuseInitError {
  return new FuseInitError('CHECKPOINT_MISMATCH', message, cause === undefined ? {} : { cause });
}

/** A copy of a model's weights on the device. */
export interface KeptWeights {
  restore(): void;
  dispose(): void;
}

/** Copies the current weights of a model. */
export function keepWeights(tf: TensorFlow, model: LayersModel): KeptWeights {
  // A clone shares its data with the variable until the variable is assigned new values.
  const weights = model.weights.map((weight) => weight.read().clone());
  return {
    restore: () => tf.tidy(() => model.setWeights(weights)),
    dispose: () => tf.dispose(weights),
  };
}
