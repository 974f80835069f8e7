import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import { randomArray } from '../testing/random-array.js';
import { bentTargets, correlatedRows } from '../testing-support/affine-rows.test-support.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { deferredLinearAlgebra } from '../testing-support/deferred-linear-algebra.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { relativeMse } from './relative-mse.js';
import { relativeMseOfRows, relativeMseOfRowsWith } from './relative-mse-of-rows.js';

const mapOf = (seed: number, patchSize: number, outFeatures: number) => ({
  kernel: randomArray(seed + 8, [patchSize, outFeatures]),
  bias: randomArray(seed + 9, [outFeatures]),
});

test('the same as by moments, for any map', () => {
  const few = fc.integer({ min: 1, max: 5 });
  holds(
    fc.property(seeds, few, few, fc.integer({ min: 2, max: 12 }), (seed, patchSize, outFeatures, count) => {
      const inputs = correlatedRows(seed, count, patchSize);
      const targets = bentTargets(seed, inputs, outFeatures);
      const map = mapOf(seed, patchSize, outFeatures);
      const byMoments = relativeMse(momentsOfRows(inputs, targets), map);
      // Terms of the error's own size cancel: a few digits of sixteen.
      expect(Math.abs(relativeMseOfRows({ inputs, targets }, map) / byMoments - 1)).toBeLessThan(1e-11);
    }),
    100,
  );
});

test('by injected linear algebra, the same to the bit, and nothing is changed', async () => {
  const inputs = correlatedRows(1, 4, 7);
  const given = [{ inputs, targets: bentTargets(1, inputs, 2) }, mapOf(1, 7, 2)] as const;
  const kept = structuredClone(given);
  expect(await relativeMseOfRowsWith(deferredLinearAlgebra, ...given)).toBe(relativeMseOfRows(...given));
  expect(given).toEqual(kept);
});

test('constant targets are held against their own square', () => {
  const rows = { inputs: randomArray(1, [10, 1]), targets: ndArray([10, 1], Array(10).fill(2)) };
  const kernel = ndArray([1, 1], [0]);
  expect(relativeMseOfRows(rows, { kernel, bias: ndArray([1], [2]) })).toBe(0);
  expect(relativeMseOfRows(rows, { kernel, bias: ndArray([1], [3]) })).toBe(0.25);
});

test.each([
  ['no rows', 'SAMPLES_TOO_FEW', [0, 3], [0, 2], [3, 2]],
  ['targets of other rows', 'SHAPE_MISMATCH', [4, 3], [5, 2], [3, 2]],
  ['a map of other inputs', 'SHAPE_MISMATCH', [4, 3], [4, 2], [2, 3]],
])('refuses %s', (_title, code, inputs, targets, kernel) => {
  const rows = { inputs: randomArray(1, inputs), targets: randomArray(2, targets) };
  const map = { kernel: randomArray(3, kernel), bias: randomArray(4, [kernel[1]!]) };
  expect(codeOf(() => relativeMseOfRows(rows, map))).toBe(code);
});
