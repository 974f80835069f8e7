import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows, ndArray } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments.js';
import { randomArray } from '../testing/check.js';
import {
  bentTargets,
  correlatedRows,
  deferredLinearAlgebra,
  measuredRelativeMse,
} from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { measureAffine } from './affine-error.js';

const few = fc.integer({ min: 1, max: 5 });

test('moments give the error that the rows have, for any map', () => {
  holds(
    fc.property(seeds, few, few, fc.integer({ min: 2, max: 40 }), (seed, patchSize, outFeatures, count) => {
      const inputs = correlatedRows(seed, count, patchSize);
      const targets = bentTargets(seed, inputs, outFeatures);
      const map = {
        kernel: randomArray(seed + 8, [patchSize, outFeatures]),
        bias: randomArray(seed + 9, [outFeatures]),
      };
      const measured = measuredRelativeMse(map, inputs, targets);
      // Terms of the error's own size cancel: a few digits of sixteen.
      expect(
        Math.abs(measureAffine(momentsOfRows(inputs, targets), map).relativeMse / measured - 1),
      ).toBeLessThan(1e-11);
    }),
    100,
  );
});

test('0 is exact, 1 predicts the mean', () => {
  const inputs = randomArray(1, [30, 3]);
  const kernel = randomArray(2, [3, 2]);
  const bias = randomArray(3, [2]);
  const moments = momentsOfRows(inputs, multiplyRows(inputs, kernel, bias));
  // The terms of an exact fit cancel to a rounding.
  expect(measureAffine(moments, { kernel, bias }).relativeMse).toBeLessThan(1e-14);
  const mean = { kernel: ndArray([3, 2], new Float64Array(6)), bias: moments.targetMean };
  expect(measureAffine(moments, mean).relativeMse).toBe(1);
});

test('by injected linear algebra, the same to the bit', async () => {
  const inputs = correlatedRows(1, 20, 4);
  const moments = momentsOfRows(inputs, bentTargets(1, inputs, 3));
  const map = { kernel: randomArray(2, [4, 3]), bias: randomArray(3, [3]) };
  expect((await measureAffine(moments, map, deferredLinearAlgebra)).relativeMse).toBe(
    measureAffine(moments, map).relativeMse,
  );
});

test('is never negative', () => {
  holds(
    fc.property(seeds, (seed) => {
      const inputs = correlatedRows(seed, 20, 4);
      const [kernel, bias] = [randomArray(seed, [4, 3]), randomArray(seed + 1, [3])];
      const moments = momentsOfRows(inputs, multiplyRows(inputs, kernel, bias));
      expect(measureAffine(moments, { kernel, bias }).relativeMse).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('constant targets are held against their own square', () => {
  const inputs = randomArray(1, [10, 1]);
  const constant = momentsOfRows(inputs, ndArray([10, 1], Array(10).fill(2)));
  const kernel = ndArray([1, 1], [0]);
  expect(measureAffine(constant, { kernel, bias: ndArray([1], [2]) }).relativeMse).toBe(0);
  expect(measureAffine(constant, { kernel, bias: ndArray([1], [3]) }).relativeMse).toBe(0.25);
  const zero = momentsOfRows(inputs, ndArray([10, 1], new Float64Array(10)));
  expect(measureAffine(zero, { kernel, bias: ndArray([1], [3]) }).relativeMse).toBe(9);
});

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
      const byMoments = measureAffine(momentsOfRows(inputs, targets), map).relativeMse;
      // Terms of the error's own size cancel: a few digits of sixteen.
      expect(Math.abs(measureAffine({ inputs, targets }, map).relativeMse / byMoments - 1)).toBeLessThan(
        1e-11,
      );
    }),
    100,
  );
});

test('by injected linear algebra, the same to the bit, and nothing is changed', async () => {
  const inputs = correlatedRows(1, 4, 7);
  const given = [{ inputs, targets: bentTargets(1, inputs, 2) }, mapOf(1, 7, 2)] as const;
  const kept = structuredClone(given);
  const { relativeMse: error } = await measureAffine(...given, deferredLinearAlgebra);
  expect(error).toBe(measureAffine(...given).relativeMse);
  expect(given).toEqual(kept);
});

test('worked out by hand: two samples of two rows, their errors and the standard error of the mean', async () => {
  const rows = {
    inputs: ndArray([4, 1], [0, 1, 2, 3]),
    targets: ndArray([4, 1], [1, 1, 2, 6]),
    rowsPerSample: 2,
  };
  const map = { kernel: ndArray([1, 1], [1]), bias: ndArray([1], [0]) };
  // Squared errors 1, 0 and 0, 9: 0.5 and 4.5 on average; the variance of the targets is 17 / 4.
  expect([...(await measureAffine(rows, map, deferredLinearAlgebra)).sampleErrors]).toEqual([0.5, 4.5]);
  const { relativeMse: error, standardError } = await measureAffine(rows, map, deferredLinearAlgebra);
  expect(error).toBeCloseTo(2.5 / (17 / 4), 14);
  expect(standardError).toBeCloseTo(2 / (17 / 4), 14);
  const one = { ...rows, rowsPerSample: 4 };
  expect('standardError' in (await measureAffine(one, map, deferredLinearAlgebra))).toBe(false);
});

test('small errors under large weights are told, where moments cannot', () => {
  // Columns that differ by a millionth, and weights of a million that cancel but for it.
  const free = randomArray(1, [400, 2]);
  const inputs = ndArray(
    [400, 2],
    free.data.map((value, at) => (at % 2 === 0 ? value : free.data[at - 1]! + 1e-6 * value)),
  );
  const map = { kernel: ndArray([2, 1], [-1e6, 1e6]), bias: ndArray([1], [0]) };
  const errors = randomArray(2, [400, 1]);
  const targets = ndArray(
    [400, 1],
    errors.data.map((error, row) => 1e6 * (inputs.data[2 * row + 1]! - inputs.data[2 * row]!) + 1e-3 * error),
  );
  const rounded = { ...momentsOfRows(inputs, targets), precision: 2 ** -24 };
  // A standard deviation of 1e-3 over one of 1.
  expect(measureAffine({ inputs, targets }, map).relativeMse).toBeGreaterThan(0.5e-6);
  expect(measureAffine({ inputs, targets }, map).relativeMse).toBeLessThan(2e-6);
  // Such moments tell nothing, and say so: the error is no less than their rounding.
  expect(measureAffine(rounded, map).relativeMse).toBeGreaterThan(1);
});

test('constant targets are held against their own square', () => {
  const rows = { inputs: randomArray(1, [10, 1]), targets: ndArray([10, 1], Array(10).fill(2)) };
  const kernel = ndArray([1, 1], [0]);
  expect(measureAffine(rows, { kernel, bias: ndArray([1], [2]) }).relativeMse).toBe(0);
  expect(measureAffine(rows, { kernel, bias: ndArray([1], [3]) }).relativeMse).toBe(0.25);
});

test.each([
  ['no rows', 'SAMPLES_TOO_FEW', [0, 3], [0, 2], [3, 2]],
  ['targets of other rows', 'SHAPE_MISMATCH', [4, 3], [5, 2], [3, 2]],
  ['a map of other inputs', 'SHAPE_MISMATCH', [4, 3], [4, 2], [2, 3]],
  ['rows that are no whole samples', 'SHAPE_MISMATCH', [4, 3], [4, 2], [3, 2], 3],
] as [string, string, number[], number[], number[], number?][])(
  'refuses %s',
  (_title, code, inputs, targets, kernel, rowsPerSample = 1) => {
    const rows = { inputs: randomArray(1, inputs), targets: randomArray(2, targets), rowsPerSample };
    const map = { kernel: randomArray(3, kernel), bias: randomArray(4, [kernel[1]!]) };
    expect(codeOf(() => measureAffine(rows, map).relativeMse)).toBe(code);
  },
);
