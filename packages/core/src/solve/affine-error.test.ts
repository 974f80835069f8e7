import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows } from '../array/matrix.js';
import { ndArray } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import { randomArray } from '../testing/random-array.js';
import {
  bentTargets,
  correlatedRows,
  measuredRelativeMse,
} from '../testing-support/affine-rows.test-support.js';
import { deferredLinearAlgebra } from '../testing-support/deferred-linear-algebra.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
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
