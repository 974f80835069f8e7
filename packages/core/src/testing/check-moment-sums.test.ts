import { describe, expect, test } from 'vitest';
import type { NdArray } from '../array/nd-array.js';
import {
  type BackendAdapter,
  type MomentSums,
  referenceBackend,
  type SumsLayout,
} from '../backend/backend-adapter.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { emptyMoments, type Moments } from '../moments/moments.js';
import { mergeMoments } from '../moments/moments-accumulator.js';
import { checkBackend } from './check-backend.js';

const arrays = {
  toTensor: ({ shape, data }: NdArray): NdArray => ({ shape, data: data.slice() }),
  fromTensor: ({ shape, data }: NdArray): NdArray => ({ shape, data: data.slice() }),
  dispose: () => {},
};

/** Sums in float64, on the host. */
function hostSums({ channels, outFeatures, geometry }: SumsLayout): MomentSums {
  const patchSize = (geometry?.kernelSize ?? []).reduce((product, length) => product * length, channels);
  let sum = emptyMoments(patchSize, outFeatures);
  return {
    async add(input, target) {
      sum = mergeMoments(sum, referenceBackend.patchMoments(input, target, geometry));
      if (!input.data.every(Number.isFinite)) return 'input';
      return target.data.every(Number.isFinite) ? undefined : 'target';
    },
    async take() {
      const taken = sum;
      sum = emptyMoments(patchSize, outFeatures);
      return taken;
    },
    dispose: () => {},
  };
}

const adapterWith = (change: (sums: MomentSums) => Partial<MomentSums>): BackendAdapter => ({
  ...referenceBackend,
  createSums: (layout) => {
    const sums = hostSums(layout);
    return { ...sums, ...change(sums) };
  },
});

test('sums in float64 pass, without error, also as a promise, and are listed beside the moments', async () => {
  const adapter: BackendAdapter = { ...referenceBackend, createSums: async (layout) => hostSums(layout) };
  const checks = await checkBackend(adapter, arrays);
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(checks.length);
  expect(names.filter((name) => name.endsWith(', sums')).length).toBe(checks.length / 2);
  for (const { relativeError } of checks) expect(relativeError).toBe(0);
});

/** Moments of both, the covariances weighted by count as if the means were the same. */
function withoutMeans(first: Moments, second: Moments): Moments {
  const merged = mergeMoments(first, second);
  const weight = second.count / (merged.count || 1);
  const data = merged.inputCovariance.data.map(
    (_, at) => (1 - weight) * first.inputCovariance.data[at]! + weight * second.inputCovariance.data[at]!,
  );
  return { ...merged, inputCovariance: { ...merged.inputCovariance, data } };
}

describe('sums are caught that', () => {
  const wrong: Record<string, [(sums: MomentSums) => Partial<MomentSums>, RegExp]> = {
    'never begin anew': [
      ({ add, take }) => {
        let kept: Moments | undefined;
        return {
          add,
          async take() {
            const taken = await take();
            kept = kept ? mergeMoments(kept, taken) : taken;
            return kept;
          },
        };
      },
      /a second take gave \d+ rows/,
    ],
    'are of no use after a take': [
      ({ add, take }) => {
        let isTaken = false;
        return {
          add: async (input, target) => (isTaken ? undefined : add(input, target)),
          take: async () => {
            isTaken = true;
            return take();
          },
        };
      },
      /after a take, 0 of/,
    ],
    'forget a batch': [
      ({ add }) => {
        let batches = 0;
        return { add: async (input, target) => (batches++ === 1 ? undefined : add(input, target)) };
      },
      /sums: 24 rows came of 70/,
    ],
    'take the means of batches for the same': [
      ({ add, take }) => {
        const batches: Moments[] = [];
        return {
          add: async (input, target) => {
            const told = await add(input, target);
            batches.push(await take());
            return told;
          },
          take: async () => {
            const [first, second] = batches.splice(0);
            if (!first) return take();
            return second ? withoutMeans(first, second) : first;
          },
        };
      },
      /rows, far from zero, sums: a moment is off/,
    ],
    'change a target': [
      ({ add }) => ({
        add: async (input, target) => {
          const told = await add(input, target);
          target.data[0] = 0;
          return told;
        },
      }),
      /changed in place/,
    ],
    'find NaN where there is none': [
      ({ add }) => ({
        add: async (input, target) => (await add(input, target)) ?? 'target',
      }),
      /a finite batch was said to hold NaN in its target/,
    ],
    'do not tell of NaN': [
      ({ add }) => ({
        add: async (input, target) => {
          await add(input, target);
          return undefined;
        },
      }),
      /NaN in the input was reported as undefined/,
    ],
    'look for NaN in the input alone': [
      ({ add }) => ({
        add: async (input, target) => ((await add(input, target)) === 'input' ? 'input' : undefined),
      }),
      /NaN in the target was reported as undefined/,
    ],
    'miss Infinity': [
      ({ add }) => ({
        add: async (input, target) => {
          const told = await add(input, target);
          return [...input.data, ...target.data].some(Number.isNaN) ? told : undefined;
        },
      }),
      /Infinity in the input was reported as undefined/,
    ],
    'take what does not fit': [
      ({ add }) => ({
        add: async (input, target) => (input.shape[0] === target.shape[0] ? add(input, target) : undefined),
      }),
      /sums: a target of another batch size gave no error/,
    ],
  };

  test.each(Object.entries(wrong))('%s', async (_title, [change, message]) => {
    const error = await checkBackend(adapterWith(change), arrays).catch((thrown: unknown) => thrown);
    expect(FuseInitError.isInstance(error) && error.code).toBe('CHECK_FAILED');
    expect((error as Error).message).toMatch(message);
  });

  test('leave arrays on the device', async () => {
    let live = 0;
    const adapter = adapterWith(({ add }) => ({
      add: (input, target) => {
        live++;
        return add(input, target);
      },
    }));
    await expect(checkBackend(adapter, { ...arrays, liveTensors: () => live })).rejects.toThrow(
      /sums: 5 tensors were alive before and 8 are after dispose/,
    );
  });
});
