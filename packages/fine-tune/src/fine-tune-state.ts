import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import type * as tfjs from '@tensorflow/tfjs';
import type { TrainedGroup } from './trained-layers.js';

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
  const shapesOf = (weights: readonly { readonly shape: readonly (number | null)[] }[]) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ');
  if (shapesOf(saved) === shapesOf(model.weights)) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The state holds weights of shapes ${shapesOf(saved)}, the student has ${shapesOf(model.weights)}: it was taken from another model.`,
  );
}

/** A saved tensor on the device, the caller's to dispose. */
function tensorOf(tf: TensorFlow, { data, shape, dtype }: SavedTensor): Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/**
 * Downloads what a group's optimizer has gathered.
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
    // The count of steps comes as a tensor made for the call, the rest as the optimizer's own variables.
    for (const { tensor } of named) if (!(tensor instanceof tf.Variable)) tensor.dispose();
  }
}

/**
 * Gives the groups' optimizers what was saved of them.
 *
 * @throws CHECKPOINT_MISMATCH when they are others, or train other layers or at other parts of the rate.
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

/** The count of steps comes first, then one or more tensors for each trained variable, kind by kind. */
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
 * Adam corrects its moments by powers of its decays. tfjs multiplies them up step by step, but computes a
 * power anew on loading, which rounds otherwise; so they are multiplied up again, to go on to the last bit.
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

/** A model's weights as they were, on the device. */
export interface KeptWeights {
  restore(): void;
  dispose(): void;
}

/** Keeps the weights that a model has now. */
export function keepWeights(tf: TensorFlow, model: LayersModel): KeptWeights {
  // A clone shares its numbers with the variable until that is assigned others.
  const weights = model.weights.map((weight) => weight.read().clone());
  return {
    restore: () => tf.tidy(() => model.setWeights(weights)),
    dispose: () => tf.dispose(weights),
  };
}
