import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { check, failed } from './check-failed.js';

/** How a check puts arrays on a backend's device, and takes them back. */
export interface CheckBackendOptions<Tensor> {
  /** An array of the device that holds these numbers, in its own precision. */
  readonly toTensor: (array: NdArray) => Tensor;
  /** The numbers that the device holds, which a coarse device has rounded. */
  readonly fromTensor: (tensor: Tensor) => NdArray | Promise<NdArray>;
  readonly dispose: (tensor: Tensor) => void;
  /** How many arrays are alive on the device, where it can tell: then a leak is a failure. */
  readonly liveTensors?: () => number;
}

/** What `use` makes of arrays on the device, which are disposed after it. */
export async function withTensors<Tensor, Result>(
  { toTensor, dispose }: CheckBackendOptions<Tensor>,
  arrays: readonly NdArray[],
  use: (tensors: readonly Tensor[]) => Promise<Result>,
): Promise<Result> {
  const tensors = arrays.map(toTensor);
  try {
    return await use(tensors);
  } catch (error) {
    throw FuseInitError.isInstance(error) ? error : failed(String(error), error);
  } finally {
    for (const tensor of tensors) dispose(tensor);
  }
}

/**
 * Holds that the device still has the numbers that it held.
 *
 * @throws CHECK_FAILED when any differs.
 */
export async function checkUnchanged<Tensor>(
  { fromTensor }: CheckBackendOptions<Tensor>,
  tensors: readonly Tensor[],
  held: readonly NdArray[],
  label: string,
): Promise<void> {
  const kept = await Promise.all(tensors.map(fromTensor));
  check(
    kept.every(({ data }, side) => data.every((value, index) => Object.is(value, held[side]!.data[index]))),
    `${label}: the input or the target was changed in place.`,
  );
}

/** The code of the error that `run` ends with, or the error in words, or `'no error'`. */
export async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'no error';
  } catch (error) {
    return FuseInitError.isInstance(error) ? error.code : String(error);
  }
}
