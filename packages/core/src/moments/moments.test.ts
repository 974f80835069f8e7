import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../array/nd-array.js';
import { uniformStream } from '../random/uniform-stream.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { emptyMoments, momentsOfRows, trace } from './moments.js';

function column(rows: NdArray, index: number): number[] {
  const columns = rows.shape.at(-1)!;
  return Array.from({ length: rows.data.length / columns }, (_, row) => rows.data[row * columns + index]!);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** [first's columns, second's columns], by the definition of a covariance. */
function covarianceOf(first: NdArray, second: NdArray): NdArray {
  const [rows, columns] = [first.shape.at(-1)!, second.shape.at(-1)!];
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [a, b] = [column(first, i), column(second, j)];
      const [meanA, meanB] = [mean(a), mean(b)];
      data[i * columns + j] = mean(a.map((value, row) => (value - meanA) * (b[row]! - meanB)));
    }
  }
  return { shape: [rows, columns], data };
}

const sizes = fc.tuple(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 4 }),
);

test('means and covariances follow their definition, divided by the count', () => {
  holds(
    fc.property(seeds, sizes, (seed, [count, patchSize, outFeatures]) => {
      const inputs = randomArray(seed, [count, patchSize]);
      const targets = randomArray(seed + 1, [count, outFeatures]);
      const moments = momentsOfRows(inputs, targets);
      expect(moments.count).toBe(count);
      // Sums of 40 numbers of size 1: some tens of roundings of 1e-16, of a mean that may itself be small.
      moments.inputMean.data.forEach((value, index) => {
        expect(value).toBeCloseTo(mean(column(inputs, index)), 13);
      });
      moments.targetMean.data.forEach((value, index) => {
        expect(value).toBeCloseTo(mean(column(targets, index)), 13);
      });
      if (count === 1) return;
      expect(relativeDistance(moments.inputCovariance, covarianceOf(inputs, inputs))).toBeLessThan(1e-12);
      expect(relativeDistance(moments.crossCovariance, covarianceOf(targets, inputs))).toBeLessThan(1e-12);
      expect(relativeDistance(moments.targetCovariance, covarianceOf(targets, targets))).toBeLessThan(1e-12);
    }),
  );
});

test('a mean of 1e8 costs no digits of deviations of size 1', () => {
  holds(
    fc.property(seeds, sizes, (seed, [count, patchSize, outFeatures]) => {
      const uniform = uniformStream(seed);
      // Multiples of 2^-20 stay exact when 1e8 is added.
      const deviations = (columns: number): NdArray => ({
        shape: [count, columns],
        data: Float64Array.from(
          { length: count * columns },
          () => Math.round(uniform() * 2 ** 21) / 2 ** 20 - 1,
        ),
      });
      const lifted = ({ shape, data }: NdArray): NdArray => ({
        shape,
        data: data.map((value) => value + 1e8),
      });
      const [inputs, targets] = [deviations(patchSize), deviations(outFeatures)];
      const expected = momentsOfRows(inputs, targets);
      const actual = momentsOfRows(lifted(inputs), lifted(targets));
      // The mean rounds by 1e-8, which a covariance feels squared.
      expect(relativeDistance(actual.inputCovariance, expected.inputCovariance)).toBeLessThan(1e-12);
      expect(relativeDistance(actual.crossCovariance, expected.crossCovariance)).toBeLessThan(1e-12);
      expect(relativeDistance(actual.targetCovariance, expected.targetCovariance)).toBeLessThan(1e-12);
    }),
  );
});

test('covariances are symmetric to the last digit', () => {
  const { inputCovariance } = momentsOfRows(randomArray(1, [20, 5]), randomArray(2, [20, 1]));
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < i; j++) expect(inputCovariance.data[i * 5 + j]).toBe(inputCovariance.data[j * 5 + i]);
  }
  expect(trace(inputCovariance)).toBe(
    [0, 6, 12, 18, 24].reduce((sum, at) => sum + inputCovariance.data[at]!, 0),
  );
});

test('all axes but the last are rows', () => {
  const [inputs, targets] = [randomArray(1, [12, 3]), randomArray(2, [12, 2])];
  const folded = momentsOfRows({ ...inputs, shape: [3, 2, 2, 3] }, { ...targets, shape: [2, 6, 2] });
  expect(folded).toEqual(momentsOfRows(inputs, targets));
});

test('no rows give empty moments', () => {
  expect(momentsOfRows(randomArray(1, [0, 3]), randomArray(1, [0, 2]))).toEqual(emptyMoments(3, 2));
});

test('other numbers of rows, and scalars, are refused', () => {
  expect(codeOf(() => momentsOfRows(randomArray(1, [3, 2]), randomArray(1, [4, 2])))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => momentsOfRows(randomArray(1, []), randomArray(1, [1, 1])))).toBe('SHAPE_MISMATCH');
});
