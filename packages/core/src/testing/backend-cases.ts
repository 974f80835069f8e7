import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';
import { check, failed, randomArray } from './check.js';

/** A batch for which every backend must compute the same moments as the reference. */
export interface BackendCase {
  readonly name: string;
  readonly input: NdArray;
  readonly target: NdArray;
  readonly geometry: PatchGeometry | null;
}

const layouts: readonly (readonly [string, number, PatchGeometry | null])[] = [
  ['rows', 70, null],
  ['one row', 1, null],
  ['1300 rows', 1300, null],
  [
    '1-D, same, stride 2',
    70,
    patchGeometry({ inputSize: [9], kernelSize: [3], strides: [2], padding: 'same' }),
  ],
  ['1-D, dilated', 70, patchGeometry({ inputSize: [9], kernelSize: [3], dilationRate: [3] })],
  ['1-D, one long sample', 1, patchGeometry({ inputSize: [150_000], kernelSize: [3] })],
  ['2-D, one sample', 1, patchGeometry({ inputSize: [4, 5], kernelSize: [2, 2] })],
  ['2-D, same', 70, patchGeometry({ inputSize: [6, 7], kernelSize: [3, 2], padding: 'same' })],
  ['2-D, strides apart', 70, patchGeometry({ inputSize: [7, 8], kernelSize: [4, 3], strides: [3, 2] })],
  [
    '2-D, padded and cropped',
    70,
    patchGeometry({
      inputSize: [6, 6],
      kernelSize: [3, 3],
      padding: [
        [2, -1],
        [-1, 0],
      ],
    }),
  ],
  [
    '2-D, larger than the input',
    70,
    patchGeometry({ inputSize: [3, 3], kernelSize: [5, 5], padding: 'same' }),
  ],
  ['2-D, dilated', 70, patchGeometry({ inputSize: [7, 7], kernelSize: [2, 3], dilationRate: [2, 3] })],
];

/**
 * The cases, the first of which has plain rows. In some, inputs have means a hundred standard deviations from
 * zero; in others, they are non-negative as after a relu.
 */
export const backendCases = layouts.map(([name, samples, geometry], index): BackendCase => {
  const inputShape = [samples, ...(geometry?.inputSize ?? [12]), 3];
  const input = randomArray(2 * index + 1, inputShape);
  const target = randomArray(2 * index + 2, [samples, ...(geometry?.outputSize ?? []), 5]);
  const far = index % 2 === 0;
  return {
    name: far ? `${name}, far from zero` : `${name}, after a relu`,
    input: { shape: inputShape, data: input.data.map((value) => (far ? value + 100 : Math.max(0, value))) },
    target: { shape: target.shape, data: target.data.map((value) => (far ? value - 10 : value)) },
    geometry,
  };
}) as [BackendCase, ...BackendCase[]];

/** Converts the arrays of a check to a backend's device and back. */
export interface CheckBackendOptions<Tensor> {
  /** Creates an array on the device with these numbers, in the device's precision. */
  readonly toTensor: (array: NdArray) => Tensor;
  /** Reads the numbers of an array on the device, which may have been rounded to the device's precision. */
  readonly fromTensor: (tensor: Tensor) => NdArray | Promise<NdArray>;
  readonly dispose: (tensor: Tensor) => void;
  /** Counts the live arrays on the device. Where it is given, a leak is a failure. */
  readonly liveTensors?: () => number;
}

/** Runs `use` on arrays that are created on the device for it and disposed afterwards. */
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
 * Checks that arrays on the device have not been changed.
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

/** The code of the error that `run` throws, the error as a string if it has no code, or `'no error'`. */
export async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'no error';
  } catch (error) {
    return FuseInitError.isInstance(error) ? error.code : String(error);
  }
}

/**
 * The largest error of any moment. The error of a mean is relative to the larger of the largest mean and the
 * largest standard deviation, that of a covariance to the largest standard deviations of its two sides.
 *
 * The result is Infinity when a shape differs.
 */
export function momentsError(actual: Moments, expected: Moments): number {
  const input = scaleOf(expected.inputMean, expected.inputCovariance);
  const target = scaleOf(expected.targetMean, expected.targetCovariance);
  return Math.max(
    distance(actual.inputMean, expected.inputMean) / input.mean,
    distance(actual.targetMean, expected.targetMean) / target.mean,
    distance(actual.inputCovariance, expected.inputCovariance) / input.deviation ** 2,
    distance(actual.crossCovariance, expected.crossCovariance) / (input.deviation * target.deviation),
    distance(actual.targetCovariance, expected.targetCovariance) / target.deviation ** 2,
  );
}

/**
 * The scales that errors are relative to. Without any variance, as for a single row, the mean is the scale.
 */
function scaleOf(mean: NdArray, covariance: NdArray): { mean: number; deviation: number } {
  const deviation = Math.sqrt(largest(covariance.data));
  const largestMean = Math.max(largest(mean.data), deviation);
  return { mean: largestMean || 1, deviation: deviation || largestMean || 1 };
}

function distance(actual: NdArray, expected: NdArray): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  return largest(actual.data.map((value, index) => value - expected.data[index]!));
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
