import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../array/nd-array.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { emptyMoments, type Moments, momentsOfRows } from './moments.js';
import { createMomentsAccumulator, mergeMoments } from './moments-accumulator.js';

/** Of the largest element: some hundred roundings of 1e-16, and batches whose means differ. */
const rounding = 1e-12;

function expectNear(actual: Moments, expected: Moments, tolerance = rounding): void {
  expect(actual.count).toBe(expected.count);
  for (const name of [
    'inputMean',
    'targetMean',
    'inputCovariance',
    'crossCovariance',
    'targetCovariance',
  ] as const) {
    expect(relativeDistance(actual[name], expected[name]), name).toBeLessThan(tolerance);
  }
}

function stack(parts: readonly NdArray[]): NdArray {
  const columns = parts[0]!.shape[1]!;
  const data = parts.flatMap((part) => [...part.data]);
  return { shape: [data.length / columns, columns], data: Float64Array.from(data) };
}

/** Batches of rows about other means: [inputs, targets] each. */
function batchesOf(seed: number, counts: readonly number[], offset: number): [NdArray, NdArray][] {
  const about = (center: number, { shape, data }: NdArray): NdArray => ({
    shape,
    data: data.map((value) => value + center),
  });
  return counts.map((count, index) => [
    about(offset + index, randomArray(seed + 2 * index, [count, 4])),
    about(-index, randomArray(seed + 2 * index + 1, [count, 3])),
  ]);
}

const counts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });
const somewhere = fc.integer({ min: -1, max: 1 });

describe('createMomentsAccumulator', () => {
  test('batches in any cut give what one pass gives', () => {
    holds(
      fc.property(seeds, counts, somewhere, (seed, sizes, offset) => {
        fc.pre(sizes.some((size) => size > 0));
        const batches = batchesOf(seed, sizes, offset);
        const accumulator = createMomentsAccumulator(4, 3);
        for (const [inputs, targets] of batches) accumulator.update(inputs, targets);
        expect(accumulator.count).toBe(sizes.reduce((sum, size) => sum + size, 0));
        const inputs = stack(batches.map(([x]) => x));
        const targets = stack(batches.map(([, z]) => z));
        // A covariance of one row is zero, of which nothing is a part.
        if (accumulator.count > 1) expectNear(accumulator.moments(), momentsOfRows(inputs, targets));
      }),
    );
  });

  test('a mean of 1e8 leaves the deviations between batches eight digits', () => {
    const batches = batchesOf(5, [11, 7, 13], 0);
    const far = batchesOf(5, [11, 7, 13], 1e8);
    const [near, lifted] = [createMomentsAccumulator(4, 3), createMomentsAccumulator(4, 3)];
    for (const [inputs, targets] of batches) near.update(inputs, targets);
    for (const [inputs, targets] of far) lifted.update(inputs, targets);
    // The data itself rounds by 1e-8 there; sums of squares would keep no digit at all.
    const distance = relativeDistance(lifted.moments().inputCovariance, near.moments().inputCovariance);
    expect(distance).toBeLessThan(1e-7);
  });

  test('what was handed out does not change with later batches', () => {
    const accumulator = createMomentsAccumulator(2, 1);
    accumulator.update(randomArray(1, [5, 2]), randomArray(2, [5, 1]));
    const before = accumulator.moments();
    const kept = structuredClone(before);
    accumulator.update(randomArray(3, [5, 2]), randomArray(4, [5, 1]));
    expect(before).toEqual(kept);
  });

  test('starts empty', () => {
    expect(createMomentsAccumulator(3, 2).moments()).toEqual(emptyMoments(3, 2));
  });

  test('refuses other sizes, and keeps what it had', () => {
    const accumulator = createMomentsAccumulator(2, 1);
    accumulator.update(randomArray(1, [5, 2]), randomArray(2, [5, 1]));
    const kept = accumulator.moments();
    expect(codeOf(() => accumulator.update(randomArray(1, [5, 3]), randomArray(2, [5, 1])))).toBe(
      'SHAPE_MISMATCH',
    );
    expect(codeOf(() => accumulator.update(randomArray(1, [5, 2]), randomArray(2, [5, 2])))).toBe(
      'SHAPE_MISMATCH',
    );
    expect(codeOf(() => accumulator.merge(emptyMoments(2, 2)))).toBe('SHAPE_MISMATCH');
    expect(accumulator.moments()).toEqual(kept);
  });
});

describe('mergeMoments', () => {
  const three = fc.tuple(
    ...([0, 1, 2].map(() => fc.integer({ min: 2, max: 20 })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  );

  test('is associative, commutative, and equal to one pass', () => {
    holds(
      fc.property(seeds, three, somewhere, (seed, sizes, offset) => {
        const batches = batchesOf(seed, sizes, offset);
        const [a, b, c] = batches.map(([x, z]) => momentsOfRows(x, z)) as [Moments, Moments, Moments];
        const left = mergeMoments(mergeMoments(a, b), c);
        expectNear(mergeMoments(a, mergeMoments(b, c)), left);
        expectNear(mergeMoments(c, mergeMoments(b, a)), left);
        expectNear(left, momentsOfRows(stack(batches.map(([x]) => x)), stack(batches.map(([, z]) => z))));
      }),
    );
  });

  test('empty moments change nothing, on either side', () => {
    const some = momentsOfRows(randomArray(1, [9, 3]), randomArray(2, [9, 2]));
    const none = emptyMoments(3, 2);
    expect(mergeMoments(some, none)).toEqual(some);
    expect(mergeMoments(none, some)).toEqual(some);
    expect(mergeMoments(none, none)).toEqual(none);
  });

  test('changes neither of the two', () => {
    const first = momentsOfRows(randomArray(1, [9, 3]), randomArray(2, [9, 2]));
    const second = momentsOfRows(randomArray(3, [4, 3]), randomArray(4, [4, 2]));
    const kept = structuredClone([first, second]);
    mergeMoments(first, second);
    expect([first, second]).toEqual(kept);
  });

  test('counts stay exact beyond 32 bits', () => {
    const some = { ...momentsOfRows(randomArray(1, [9, 1]), randomArray(2, [9, 1])), count: 2 ** 40 + 1 };
    expect(mergeMoments(some, some).count).toBe(2 ** 41 + 2);
  });

  test('refuses moments of other sizes', () => {
    expect(codeOf(() => mergeMoments(emptyMoments(3, 2), emptyMoments(2, 2)))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => mergeMoments(emptyMoments(3, 2), emptyMoments(3, 1)))).toBe('SHAPE_MISMATCH');
  });
});
