import {
  type BackendAdapter,
  createMomentsAccumulator,
  type MomentSums,
  type NdArray,
  referenceBackend,
  type SumsLayout,
  sizeOf,
} from '@fuseinit/core';

/** What happened to the sums of a {@link summingBackend}. */
export interface SumsLog {
  created: number;
  disposed: number;
  /** The rows that each `take` brought home. */
  readonly taken: number[];
}

/** The reference, with sums that it keeps until they are taken, as an adapter of a device would. */
export function summingBackend(): { backend: BackendAdapter; log: SumsLog } {
  const log: SumsLog = { created: 0, disposed: 0, taken: [] };
  const createSums = (layout: SumsLayout): MomentSums => {
    log.created++;
    const empty = () =>
      createMomentsAccumulator(
        layout.channels * sizeOf(layout.geometry?.kernelSize ?? []),
        layout.outFeatures,
      );
    let sum = empty();
    return {
      async add(input, target) {
        for (const [side, { data }] of [['input', input] as const, ['target', target] as const]) {
          if (!data.every(Number.isFinite)) return side;
        }
        sum.merge(referenceBackend.patchMoments(input, target, layout.geometry));
        return undefined;
      },
      async take() {
        log.taken.push(sum.count);
        const moments = sum.moments();
        sum = empty();
        return moments;
      },
      dispose() {
        log.disposed++;
      },
    };
  };
  return { backend: { ...referenceBackend, createSums }, log };
}

/** The numbers of moments, to compare. */
export function numbersOf(moments: Record<string, number | NdArray>): number[] {
  return Object.values(moments).flatMap((part) => (typeof part === 'number' ? [part] : [...part.data]));
}
