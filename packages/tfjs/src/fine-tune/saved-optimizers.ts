import { FuseInitError } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../tensorflow.js';
import { type FineTuneState, type SavedOptimizer, saveTensors, tensorOf } from './fine-tune-state.js';
import type { TrainedGroup } from './trained-groups.js';

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
 * Adam corrects its moments by powers of its decays. tfjs multiplies them up step by step, but computes a power anew on
 * loading, which rounds otherwise; so they are multiplied up again, to go on to the last bit.
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
