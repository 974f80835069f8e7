import type { NdArray } from '../array/nd-array.js';
import {
  type BackendAdapter,
  type MomentSums,
  patchLayout,
  referenceBackend,
} from '../backend/backend-adapter.js';
import { mergeMoments } from '../moments/moments-accumulator.js';
import {
  type BackendCase,
  type CheckBackendOptions,
  checkUnchanged,
  momentsError,
  refusalOf,
  withTensors,
} from './backend-cases.js';
import { check } from './check.js';

/** An adapter that has `createSums`. */
export type SummingAdapter<Tensor> = BackendAdapter<Tensor> &
  Required<Pick<BackendAdapter<Tensor>, 'createSums'>>;

/**
 * Compares sums over two batches with the reference's merged moments, and the next moments taken with the
 * batches added since.
 *
 * @returns the largest error of any moment, as `momentsError` defines it.
 * @throws CHECK_FAILED with the case and what differs.
 */
export async function sumsErrorIn<Tensor>(
  adapter: SummingAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
  backendCase: BackendCase,
): Promise<number> {
  const { geometry } = backendCase;
  const label = `${adapter.name}, ${backendCase.name}, sums`;
  const [first, second] = twoBatches(backendCase);
  return withTensors(options, [...first, ...second], async (tensors) => {
    const onDevice = await Promise.all(tensors.map(options.fromTensor));
    const live = options.liveTensors?.();
    const error = await withSums(adapter, backendCase, async (sums) => {
      // A batch that only primes the sums is not counted.
      await sums.prime?.(tensors[2]!, tensors[3]!);
      for (const at of [0, 2]) {
        const nonFinite = await sums.add(tensors[at]!, tensors[at + 1]!);
        check(nonFinite === undefined, `${label}: a finite batch was said to hold NaN in its ${nonFinite}.`);
      }
      await checkUnchanged(options, tensors, onDevice, label);
      const merged = mergeMoments(
        referenceBackend.patchMoments(onDevice[0]!, onDevice[1]!, geometry),
        referenceBackend.patchMoments(onDevice[2]!, onDevice[3]!, geometry),
      );
      const taken = await sums.take();
      check(taken.count === merged.count, `${label}: ${taken.count} rows came of ${merged.count}.`);
      const empty = await sums.take();
      check(empty.count === 0, `${label}: a second take gave ${empty.count} rows, and nothing was added.`);
      await sums.add(tensors[2]!, tensors[3]!);
      const anew = referenceBackend.patchMoments(onDevice[2]!, onDevice[3]!, geometry);
      const takenAgain = await sums.take();
      check(takenAgain.count === anew.count, `${label}: after a take, ${takenAgain.count} of ${anew.count}.`);
      return Math.max(momentsError(taken, merged), momentsError(takenAgain, anew));
    });
    const left = options.liveTensors?.();
    check(left === live, `${label}: ${live} tensors were alive before and ${left} are after dispose.`);
    return error;
  });
}

/**
 * Checks that sums report which side of a batch contained NaN or Infinity, and refuse arrays that don't fit.
 *
 * @throws CHECK_FAILED when they don't.
 */
export async function checkSumsRefusals<Tensor>(
  adapter: SummingAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
  backendCase: BackendCase,
): Promise<void> {
  for (const side of ['input', 'target'] as const) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const nonFinite = { ...backendCase, [side]: withLast(backendCase[side], value) };
      await withTensors(options, [nonFinite.input, nonFinite.target], ([input, target]) =>
        withSums(adapter, backendCase, async (sums) => {
          const reported = await sums.add(input!, target!);
          check(
            reported === side,
            `${adapter.name}, sums: ${value} in the ${side} was reported as ${reported}; '${side}' was expected.`,
          );
        }),
      );
    }
  }
  const { input, target } = backendCase;
  const longer = { shape: [target.shape[0]! + 1, 2], data: new Float64Array(2 * (target.shape[0]! + 1)) };
  await withTensors(options, [input, longer], ([inputTensor, targetTensor]) =>
    withSums(adapter, backendCase, async (sums) => {
      const code = await refusalOf(() => sums.add(inputTensor!, targetTensor!));
      check(
        code === 'SHAPE_MISMATCH',
        `${adapter.name}, sums: a target of another batch size gave ${code}, SHAPE_MISMATCH was expected.`,
      );
    }),
  );
}

async function withSums<Tensor, Result>(
  adapter: SummingAdapter<Tensor>,
  { input, target, geometry }: BackendCase,
  use: (sums: MomentSums<Tensor>) => Promise<Result>,
): Promise<Result> {
  const { channels, outFeatures } = patchLayout(input.shape, target.shape, geometry);
  const sums = await adapter.createSums({ channels, outFeatures, geometry });
  try {
    return await use(sums);
  } finally {
    sums.dispose();
  }
}

/** Splits a case into a third of its samples and the rest; a single sample is used twice. */
function twoBatches({ input, target }: BackendCase): readonly [NdArray[], NdArray[]] {
  const samples = input.shape[0]!;
  if (samples === 1) {
    return [
      [input, target],
      [input, target],
    ];
  }
  const third = Math.ceil(samples / 3);
  const pair = (from: number, to: number) => [input, target].map((array) => samplesOf(array, from, to));
  return [pair(0, third), pair(third, samples)];
}

function samplesOf({ shape, data }: NdArray, from: number, to: number): NdArray {
  const size = data.length / shape[0]!;
  return { shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) };
}

function withLast({ shape, data }: NdArray, value: number): NdArray {
  const changed = data.slice();
  changed[data.length - 1] = value;
  return { shape, data: changed };
}
