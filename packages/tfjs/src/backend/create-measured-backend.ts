import {
  type BackendAdapter,
  createMomentsAccumulator,
  FuseInitError,
  type MomentSums,
  type Moments,
  type SumsLayout,
} from '@fuseinit/core';
import type { Tensor } from '../tensorflow.js';
import { batchSums } from './batch-sums.js';

/** Batches to each before one is chosen: the first starts what starts late, the last counts. */
const trials = 2;
/** So many times slower in the first batch, with all that starts in it: that isn't made up for in the others. */
const hopeless = 3;

/**
 * Multiplies on whichever of two backends does it faster, measured for each sums on their own first batches. All batches
 * count, also those of the slower one, so nothing is computed twice.
 *
 * Which one it is depends on the clock: where results are to be the same to the last bit, take one of them.
 *
 * @param device Holds the tensors: it reads them, and is asked when something failed.
 * @param host The other one.
 */
export function createMeasuredBackend(
  device: BackendAdapter<Tensor>,
  host: BackendAdapter<Tensor>,
): BackendAdapter<Tensor> {
  return {
    specVersion: 1,
    floatPrecision: device.floatPrecision,
    name: `${device.name} or ${host.name}`,
    maxTensorSize: Math.max(device.maxTensorSize, host.maxTensorSize),
    read: (tensor) => device.read(tensor),
    ...(device.requireDevice && { requireDevice: () => device.requireDevice?.() }),
    patchMoments: (...batch) => device.patchMoments(...batch),
    // Each sums choose for themselves: those of held-out samples get batches of another size.
    createSums: async (layout) => measuredSums([device, host], layout),
  };
}

/** Which of two is faster, as far as that is known. */
interface Choice {
  /** The one to give the next batch to. */
  next(): 0 | 1;
  record(which: 0 | 1, secondsPerSample: number): void;
  /** Can't do it at all. */
  rule(out: 0 | 1): void;
}

function createChoice(): Choice {
  const measured: [number[], number[]] = [[], []];
  return {
    next() {
      const [first, second] = measured;
      if (first.length > 0 && second.length > 0) {
        if (first[0]! > hopeless * second[0]!) return 1;
        if (second[0]! > hopeless * first[0]!) return 0;
      }
      if (first.length < trials || second.length < trials) return first.length <= second.length ? 0 : 1;
      return first.at(-1)! <= second.at(-1)! ? 0 : 1;
    },
    record(which, secondsPerSample) {
      if (measured[which].length < trials) measured[which].push(secondsPerSample);
    },
    rule(out) {
      measured[out] = Array(trials).fill(Number.POSITIVE_INFINITY);
      measured[1 - out] = Array(trials).fill(0);
    },
  };
}

function measuredSums(
  backends: readonly [BackendAdapter<Tensor>, BackendAdapter<Tensor>],
  layout: SumsLayout,
): MomentSums<Tensor> {
  const choice = createChoice();
  const sums: [MomentSums<Tensor>?, MomentSums<Tensor>?] = [];
  const sumsOf = async (which: 0 | 1): Promise<MomentSums<Tensor>> => {
    const backend = backends[which];
    sums[which] ??= (await backend.createSums?.(layout)) ?? batchSums(backend, layout);
    return sums[which];
  };
  return {
    async add(input, target) {
      const which = choice.next();
      try {
        const sum = await sumsOf(which);
        const start = performance.now();
        const side = await sum.add(input, target);
        choice.record(which, (performance.now() - start) / 1000 / input.shape[0]!);
        return side;
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        choice.rule(which);
        return (await sumsOf(which === 0 ? 1 : 0)).add(input, target);
      }
    },
    async take() {
      const taken: Moments[] = [];
      for (const sum of sums) if (sum) taken.push(await sum.take());
      const [first, second] = taken;
      if (!first || !second) return first ?? (await (await sumsOf(choice.next())).take());
      const all = createMomentsAccumulator(first.inputMean.data.length, layout.outFeatures);
      all.merge(first);
      all.merge(second);
      return all.moments();
    },
    dispose() {
      for (const sum of sums) sum?.dispose();
    },
  };
}

function isTooLarge(error: unknown): boolean {
  return FuseInitError.isInstance(error) && error.code === 'TENSOR_TOO_LARGE';
}
