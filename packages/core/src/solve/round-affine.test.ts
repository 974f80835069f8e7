import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows, type NdArray, ndArray } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments.js';
import { randomArray } from '../testing/check.js';
import { correlatedRows } from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import type { AffineMap } from './affine-error.js';
import { roundAffine } from './round-affine.js';

/** Some more rows than inputs, or some fewer. */
const problems = fc
  .tuple(
    seeds,
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: -6, max: 40 }),
    fc.constantFrom(1, 0.3, 0.01),
  )
  .map(([seed, patchSize, outFeatures, spare, step]) => {
    const inputs = correlatedRows(seed, Math.max(1, patchSize + spare), patchSize);
    const kernel = randomArray(seed + 20, [patchSize, outFeatures]);
    const bias = randomArray(seed + 21, [outFeatures]);
    const [least, most] = [Math.min(...kernel.data), Math.max(...kernel.data)];
    // Levels that end where the kernel does, as those of a stored weight do.
    const nearest = (value: number) => Math.round(Math.min(most, Math.max(least, value)) / step) * step;
    return { inputs, moments: momentsOfRows(inputs, inputs), map: { kernel, bias }, nearest };
  });

/** [outFeatures]: the mean squares of the differences of two maps on rows. */
function changes(inputs: NdArray, first: AffineMap, second: AffineMap): Float64Array {
  const [a, b] = [first, second].map(({ kernel, bias }) => multiplyRows(inputs, kernel, bias).data);
  const outFeatures = first.bias.data.length;
  const squares = new Float64Array(outFeatures);
  a!.forEach((value, index) => {
    squares[index % outFeatures]! += (value - b![index]!) ** 2 / (a!.length / outFeatures);
  });
  return squares;
}

test('worked out by hand: what one of two equal inputs loses, the other takes up', () => {
  const rows = ndArray([3, 2], Float64Array.of(0, 0, 2, 2, 4, 4));
  const map = { kernel: ndArray([2, 1], [0.4, 0.4]), bias: ndArray([1], [1]) };
  const { kernel, bias } = roundAffine(map, momentsOfRows(rows, rows), Math.round);
  // 0.4 becomes 0; the next is 0.4 and nearly all of the 0.4 lost. 2 is the inputs' mean.
  expect([...kernel.data]).toEqual([0, 1]);
  expect(bias.data[0]).toBeCloseTo(1 + 2 * (0.8 - 1), 12);
});

test('no output changes more on the rows than with each number rounded to the nearest', () => {
  holds(
    fc.property(problems, ({ inputs, moments, map, nearest }) => {
      const plain = { kernel: { ...map.kernel, data: map.kernel.data.map(nearest) }, bias: map.bias };
      const rounded = roundAffine(map, moments, nearest);
      const most = changes(inputs, map, plain);
      // Sums of up to 52 rows in another order.
      for (const [feature, change] of changes(inputs, map, rounded).entries())
        expect(change).toBeLessThanOrEqual(most[feature]! * (1 + 1e-9) + 1e-20);
      expect(rounded.kernel.data.map(nearest)).toEqual(rounded.kernel.data);
    }),
    200,
  );
});

test('correlated inputs change several times less than with each number rounded to the nearest', () => {
  const inputs = multiplyRows(randomArray(5, [200, 4]), randomArray(6, [4, 24]));
  const map = { kernel: randomArray(7, [24, 3]), bias: randomArray(8, [3]) };
  const nearest = (value: number) => Math.round(value * 4) / 4;
  const plain = { kernel: { ...map.kernel, data: map.kernel.data.map(nearest) }, bias: map.bias };
  const rounded = changes(inputs, map, roundAffine(map, momentsOfRows(inputs, inputs), nearest));
  const most = changes(inputs, map, plain);
  for (const [feature, change] of rounded.entries()) expect(change).toBeLessThan(most[feature]! / 4);
});

test('what can be stored as it is stays as it is', () => {
  holds(
    fc.property(problems, ({ moments, map, nearest }) => {
      expect(roundAffine(map, moments, (value) => value)).toEqual(map);
      const stored = { ...map, kernel: { ...map.kernel, data: map.kernel.data.map(nearest) } };
      expect(roundAffine(stored, moments, nearest)).toEqual(stored);
    }),
  );
});

test('inputs that never vary leave plain rounding, and the bias takes up their part', () => {
  const rows = ndArray([2, 2], Float64Array.of(3, 5, 3, 5));
  const map = { kernel: ndArray([2, 1], [0.4, 0.7]), bias: ndArray([1], [0]) };
  const { kernel, bias } = roundAffine(map, momentsOfRows(rows, rows), Math.round);
  expect([...kernel.data]).toEqual([0, 1]);
  expect(bias.data[0]).toBeCloseTo(3 * 0.4 - 5 * 0.3, 12);
});

test('moments of other inputs are refused', () => {
  const map = { kernel: randomArray(1, [3, 2]), bias: randomArray(2, [2]) };
  const rows = randomArray(3, [5, 2]);
  expect(codeOf(() => roundAffine(map, momentsOfRows(rows, rows), Math.round))).toBe('SHAPE_MISMATCH');
});
