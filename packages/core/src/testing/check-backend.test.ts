import { describe, expect, test } from 'vitest';
import { type NdArray, reshape } from '../array/nd-array.js';
import { type BackendAdapter, referenceBackend } from '../backend/backend-adapter.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { extractPatches } from '../geometry/extract-patches.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import { type Moments, momentsOfRows } from '../moments/moments.js';
import { checkBackend } from './check-backend.js';

const arrays = {
  toTensor: ({ shape, data }: NdArray): NdArray => ({ shape, data: data.slice() }),
  fromTensor: ({ shape, data }: NdArray): NdArray => ({ shape, data: data.slice() }),
  dispose: () => {},
};

test('the reference passes, without error', async () => {
  const checks = await checkBackend(referenceBackend, arrays);
  expect(checks.length).toBeGreaterThan(8);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  for (const { relativeError } of checks) expect(relativeError).toBe(0);
});

describe('an adapter is caught that', () => {
  const rows = (input: NdArray, geometry: PatchGeometry | null) =>
    geometry
      ? extractPatches(input, geometry)
      : reshape(input, [input.shape[0]!, input.data.length / input.shape[0]!]);
  const wrong: Record<string, [Partial<BackendAdapter>, RegExp]> = {
    'is of another contract': [{ specVersion: 2 as 1 }, /specVersion 2/],
    'names no precision': [{ floatPrecision: 8 as 16 }, /floatPrecision 8/],
    'has no room': [{ maxTensorSize: Number.NaN }, /maxTensorSize NaN/],
    'sums in single precision without taking the mean out': [
      { floatPrecision: 32, patchMoments: (x, z, geometry) => naiveMoments(rows(x, geometry), z) },
      /far from zero: a moment is off/,
    ],
    'leaves the padding out': [
      {
        patchMoments: (x, z, geometry) =>
          referenceBackend.patchMoments(
            x,
            z,
            geometry && { ...geometry, padding: geometry.padding.map(() => [0, 0]) },
          ),
      },
      /1-D, same/,
    ],
    'drops a sample': [
      {
        patchMoments(x, z, geometry) {
          const moments = referenceBackend.patchMoments(x, z, geometry);
          return { ...moments, count: moments.count - 1 };
        },
      },
      /69 rows came of 70/,
    ],
    'gives a covariance that leans': [
      {
        patchMoments(x, z, geometry) {
          const moments = referenceBackend.patchMoments(x, z, geometry);
          moments.inputCovariance.data[1]! += 1e-15;
          return moments;
        },
      },
      /isn't symmetric/,
    ],
    'changes its input': [
      {
        patchMoments(x, z, geometry) {
          const moments = referenceBackend.patchMoments(x, z, geometry);
          x.data[3] = 0;
          return moments;
        },
      },
      /changed in place/,
    ],
    'swallows NaN': [
      {
        patchMoments(x, z, geometry) {
          const clean = x.data.map((value) => (Number.isNaN(value) ? 0 : value));
          return referenceBackend.patchMoments({ shape: x.shape, data: clean }, z, geometry);
        },
      },
      /NaN in the input left a finite mean/,
    ],
    'takes what does not fit': [
      {
        patchMoments(x, z, geometry) {
          const target = reshape(
            { shape: [], data: z.data.subarray(0, (z.data.length / z.shape[0]!) * x.shape[0]!) },
            [x.shape[0]!, ...z.shape.slice(1)],
          );
          return referenceBackend.patchMoments(x, target, geometry);
        },
      },
      /SHAPE_MISMATCH was expected/,
    ],
    'breaks with an error of its own': [
      {
        patchMoments() {
          throw new TypeError('x is not a function');
        },
      },
      /x is not a function/,
    ],
  };

  test.each(Object.entries(wrong))('%s', async (_title, [change, message]) => {
    const adapter = { ...referenceBackend, ...change } as BackendAdapter;
    const error = await checkBackend(adapter, arrays).catch((thrown: unknown) => thrown);
    expect(FuseInitError.isInstance(error) && error.code).toBe('CHECK_FAILED');
    expect((error as Error).message).toMatch(message);
  });

  test('leaves tensors behind', async () => {
    let live = 0;
    const adapter: BackendAdapter = {
      ...referenceBackend,
      patchMoments(x, z, geometry) {
        live++;
        return referenceBackend.patchMoments(x, z, geometry);
      },
    };
    await expect(checkBackend(adapter, { ...arrays, liveTensors: () => live })).rejects.toThrow(
      /0 tensors were alive before and 1 are now/,
    );
  });
});

/** Second moments less the square of the mean, in float32 from start to end. */
function naiveMoments(x: NdArray, z: NdArray): Moments {
  const { count, inputMean, targetMean, crossCovariance, targetCovariance } = momentsOfRows(x, z);
  const size = x.shape[1]!;
  const inputCovariance = new Float64Array(size * size);
  for (let at = 0; at < size * size; at++) {
    const [i, j] = [Math.floor(at / size), at % size];
    let sum = 0;
    for (let row = 0; row < count; row++)
      sum = Math.fround(sum + x.data[row * size + i]! * x.data[row * size + j]!);
    inputCovariance[at] = Math.fround(sum / count) - Math.fround(inputMean.data[i]! * inputMean.data[j]!);
  }
  return {
    count,
    inputMean,
    targetMean,
    crossCovariance,
    targetCovariance,
    inputCovariance: { shape: [size, size], data: inputCovariance },
  };
}
