import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyRows, type NdArray, ndArray } from '../array/nd-array.js';
import { emptyMoments, type Moments, momentsOfRows } from '../moments/moments.js';
import { createMomentsAccumulator } from '../moments/moments-accumulator.js';
import { randomArray } from '../testing/check.js';
import { correlatedRows, measuredRelativeMse } from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import type { AffineSolution } from './least-squares.js';
import { solveAffine } from './solve-affine.js';

/** The array with column `at` replaced by what `value` gives for each row. */
function withColumn(rows: NdArray, at: number, value: (row: number) => number): NdArray {
  const columns = rows.shape.at(-1)!;
  const data = rows.data.map((kept, index) =>
    index % columns === at ? value(Math.floor(index / columns)) : kept,
  );
  return { shape: rows.shape, data };
}

function expectFinite(solution: AffineSolution): void {
  expect(solution.kernel.data.every(Number.isFinite)).toBe(true);
  expect(solution.bias.data.every(Number.isFinite)).toBe(true);
  expect(solution.relativeMse).toBeGreaterThanOrEqual(0);
  expect(Number.isFinite(solution.relativeMse)).toBe(true);
  expect(Number.isFinite(solution.diagnostics.conditionEstimate)).toBe(true);
}

const ridges = fc.constantFrom(0, 1e-12, 1e-6, 1);

test('whatever rows come, the solution is finite and predicts no worse than the mean', () => {
  const kinds = fc.array(fc.constantFrom('free', 'copy', 'constant', 'zero', 'sum', 'tiny', 'huge'), {
    minLength: 1,
    maxLength: 8,
  });
  holds(
    fc.property(seeds, fc.integer({ min: 1, max: 20 }), kinds, ridges, (seed, count, columns, ridge) => {
      let inputs = randomArray(seed, [count, columns.length]);
      columns.forEach((kind, at) => {
        const cell = (row: number, column: number) => inputs.data[row * columns.length + column]!;
        if (kind === 'copy') inputs = withColumn(inputs, at, (row) => cell(row, Math.max(0, at - 1)));
        if (kind === 'constant') inputs = withColumn(inputs, at, () => 0.1);
        if (kind === 'zero') inputs = withColumn(inputs, at, () => 0);
        if (kind === 'sum') {
          inputs = withColumn(inputs, at, (row) =>
            columns.reduce((sum, _, k) => sum + (k < at ? cell(row, k) : 0), 0),
          );
        }
        if (kind === 'tiny') inputs = withColumn(inputs, at, (row) => 1e-9 * cell(row, at));
        if (kind === 'huge') inputs = withColumn(inputs, at, (row) => 1e9 * cell(row, at));
      });
      const targets = randomArray(seed + 1, [count, 2]);
      const solution = solveAffine(momentsOfRows(inputs, targets), { ridge });
      expectFinite(solution);
      // One row has no variance to be held against.
      if (count > 1) expect(measuredRelativeMse(solution, inputs, targets)).toBeLessThan(1 + 1e-6);
      const { rank, deadInputs, dependentInputs } = solution.diagnostics;
      expect(rank + deadInputs.length + dependentInputs.length).toBe(columns.length);
    }),
    200,
  );
});

describe('a repeated input', () => {
  const free = correlatedRows(1, 40, 5);
  const inputs = withColumn(free, 3, (row) => free.data[row * 5 + 1]!);
  const targets = randomArray(2, [40, 2]);

  test.each([0, 1e-9, 1e-6])('is named at ridge %d', (ridge) => {
    const { diagnostics } = solveAffine(momentsOfRows(inputs, targets), { ridge });
    expect(diagnostics).toMatchObject({ rank: 4, deadInputs: [], dependentInputs: [3] });
    expect(diagnostics.causes).toEqual([expect.stringContaining('duplicate channels')]);
  });

  test('is not judged where the ridge outweighs what the data tell', () => {
    const { diagnostics } = solveAffine(momentsOfRows(free, targets), { ridge: 10 });
    expect(diagnostics).toMatchObject({ rank: 5, dependentInputs: [], causes: [] });
  });

  test('costs nothing of the error', () => {
    const data = inputs.data.filter((_, index) => index % 5 !== 3);
    const without = solveAffine(momentsOfRows({ shape: [40, 4], data }, targets), { ridge: 0 });
    const { relativeMse } = solveAffine(momentsOfRows(inputs, targets), { ridge: 0 });
    expect(relativeMse).toBeCloseTo(without.relativeMse, 12);
  });
});

describe('an input that never varies', () => {
  test('gets weight 0 and is named, also where batches were merged', () => {
    holds(
      fc.property(seeds, fc.double({ min: -1e6, max: 1e6, noNaN: true }), ridges, (seed, constant, ridge) => {
        const accumulator = createMomentsAccumulator(3, 2);
        for (const [batch, count] of [7, 13, 3].entries()) {
          const inputs = withColumn(randomArray(seed + batch, [count, 3]), 1, () => constant);
          accumulator.update(inputs, randomArray(seed + 10 + batch, [count, 2]));
        }
        const { kernel, diagnostics } = solveAffine(accumulator.moments(), { ridge });
        expect([kernel.data[2], kernel.data[3]]).toEqual([0, 0]);
        expect(diagnostics.deadInputs).toEqual([1]);
        expect(diagnostics.causes[0]).toContain('never vary');
      }),
      100,
    );
  });

  test('may have the variance that rounding its mean leaves', () => {
    const moments = momentsOfRows(randomArray(1, [9, 2]), randomArray(2, [9, 1]));
    const withVariance = (variance: number, precision?: number): Moments => ({
      ...moments,
      inputMean: ndArray([2], [moments.inputMean.data[0]!, 3]),
      inputCovariance: ndArray([2, 2], [moments.inputCovariance.data[0]!, 0, 0, variance]),
      crossCovariance: ndArray([1, 2], [moments.crossCovariance.data[0]!, 0]),
      ...(precision && { precision }),
    });
    const deadAt = (variance: number, precision?: number) =>
      solveAffine(withVariance(variance, precision)).diagnostics.deadInputs;
    const rounding = 3 * Number.EPSILON;
    expect(deadAt(rounding ** 2)).toEqual([1]);
    expect(deadAt((100 * rounding) ** 2)).toEqual([]);
    // Values in float32 jump by 2^-23 of themselves.
    const jump = 3 * 2 ** -23;
    expect(deadAt(jump ** 2, 2 ** -24)).toEqual([1]);
    expect(deadAt((4 * jump) ** 2, 2 ** -24)).toEqual([]);
  });

  test('all of them leave the mean', () => {
    const targets = randomArray(2, [6, 2]);
    const moments = momentsOfRows({ shape: [6, 3], data: new Float64Array(18).fill(4) }, targets);
    const solution = solveAffine(moments, { ridge: 0 });
    expect(solution).toMatchObject({ relativeMse: 1, bias: moments.targetMean });
    expect(solution.diagnostics).toMatchObject({ rank: 0, deadInputs: [0, 1, 2], conditionEstimate: 1 });
  });
});

describe('more inputs than rows', () => {
  test('at ridge 0 the rows are met exactly, and the cause is said', () => {
    holds(
      fc.property(seeds, fc.integer({ min: 2, max: 10 }), (seed, count) => {
        const [inputs, targets] = [randomArray(seed, [count, 16]), randomArray(seed + 1, [count, 2])];
        const solution = solveAffine(momentsOfRows(inputs, targets), { ridge: 0 });
        expectFinite(solution);
        expect(solution.diagnostics.rank).toBe(count - 1);
        expect(solution.diagnostics.causes).toEqual([
          expect.stringContaining(`${count} rows can't determine 16`),
        ]);
        // The leading inputs decide, however near to singular.
        expect(measuredRelativeMse(solution, inputs, targets)).toBeLessThan(1e-9);
      }),
    );
  });
});

test('as many rows as inputs are one too few, for the bias takes one', () => {
  const causesOf = (count: number) =>
    solveAffine(momentsOfRows(randomArray(1, [count, 4]), randomArray(2, [count, 1])), { ridge: 0 })
      .diagnostics;
  expect(causesOf(4)).toMatchObject({ rank: 3, causes: [expect.stringContaining('at least 5 rows')] });
  expect(causesOf(5)).toMatchObject({ rank: 4, causes: [] });
});

test('targets that never vary are met by the bias', () => {
  holds(
    fc.property(seeds, fc.double({ min: -1e6, max: 1e6, noNaN: true }), ridges, (seed, constant, ridge) => {
      const accumulator = createMomentsAccumulator(4, 2);
      for (const [batch, count] of [7, 13, 3].entries()) {
        const targets = { shape: [count, 2], data: new Float64Array(2 * count).fill(constant) };
        accumulator.update(randomArray(seed + batch, [count, 4]), targets);
      }
      const solution = solveAffine(accumulator.moments(), { ridge });
      expectFinite(solution);
      const predicted = multiplyRows(randomArray(seed, [3, 4]), solution.kernel, solution.bias);
      // Roundings of the constant's size.
      for (const value of predicted.data) {
        expect(Math.abs(value - constant)).toBeLessThanOrEqual(1e-13 * Math.abs(constant));
      }
      expect(solution.relativeMse).toBeLessThan(1e-25);
    }),
    100,
  );
});

test('one row gives its own targets', () => {
  const [inputs, targets] = [randomArray(1, [1, 3]), randomArray(2, [1, 2])];
  const solution = solveAffine(momentsOfRows(inputs, targets));
  expect(solution.bias.data).toEqual(targets.data);
  expect(solution.relativeMse).toBe(0);
});

describe('a ridge below the rounding of the sums', () => {
  /** 24 smooth inputs of six directions, whose eigenvalues fall by a hundredth each. */
  function smoothRows(seed: number, count: number): NdArray {
    const factors = randomArray(seed, [count, 6]).data;
    const data = Float64Array.from({ length: 24 * count }, (_, index) => {
      const [row, at] = [Math.floor(index / 24), index % 24];
      return [0, 1, 2, 3, 4, 5].reduce((sum, k) => sum + factors[row * 6 + k]! * Math.cos((k * at) / 12), 0);
    });
    return { shape: [count, 24], data };
  }
  const bent = ({ shape, data }: NdArray): NdArray => ({
    shape: [shape[0]!, 1],
    data: data.filter((_, index) => index % 24 === 5).map((value) => Math.max(0, value) + 0.1 * value),
  });
  /** Moments as sums in float32 leave them. */
  function inSinglePrecision(moments: Moments): Moments {
    const rounded = (array: NdArray) => ({ ...array, data: array.data.map(Math.fround) });
    return {
      ...moments,
      inputCovariance: rounded(moments.inputCovariance),
      crossCovariance: rounded(moments.crossCovariance),
      precision: 2 ** -24,
    };
  }
  const [rows, others] = [smoothRows(1, 300), smoothRows(2, 300)];
  const exact = momentsOfRows(rows, bent(rows));
  // What a sound ridge leaves of other rows, in float64 sums.
  const sound = measuredRelativeMse(solveAffine(exact, { ridge: 1e-6 }), others, bent(others));

  test.each([
    ['float32', inSinglePrecision(exact)],
    ['float64', exact],
  ])('fits no rounding of sums in %s', (_precision, moments) => {
    for (const ridge of [0, 1e-12, 1e-9]) {
      for (const options of [
        {},
        { standardize: false },
        { channelCoupling: 'full', inChannels: 2 } as const,
      ]) {
        const solution = solveAffine(moments, { ridge, ...options });
        expect(measuredRelativeMse(solution, others, bent(others))).toBeLessThan(1.02 * sound);
        if (ridge === 0) expect(solution.diagnostics.rank).toBeLessThanOrEqual(6);
      }
    }
  });

  test('nor of products of rows', () => {
    const few = smoothRows(3, 18);
    const data = { inputs: few, targets: bent(few) };
    const errorAt = (ridge: number) =>
      measuredRelativeMse(solveAffine(data, { ridge }), others, bent(others));
    expect(errorAt(1e-30)).toBeLessThan(1.5 * errorAt(1e-8));
    expect(solveAffine(data, { ridge: 1e-30 }).diagnostics.raisedRidge).toBeGreaterThan(0);
  });

  test('gives the smallest weights that fit, in whatever order inputs come', () => {
    const free = randomArray(7, [60, 2]);
    // The second input twice, before and after the first.
    const column = (at: number, row: number) => free.data[row * 2 + at]!;
    for (const order of [
      [1, 0, 1],
      [0, 1, 1],
    ]) {
      const inputs: NdArray = {
        shape: [60, 3],
        data: Float64Array.from({ length: 180 }, (_, index) =>
          column(order[index % 3]!, Math.floor(index / 3)),
        ),
      };
      const targets: NdArray = {
        shape: [60, 1],
        data: Float64Array.from({ length: 60 }, (_, row) => 3 * column(0, row) + 2 * column(1, row)),
      };
      const { kernel } = solveAffine(momentsOfRows(inputs, targets), { ridge: 0 });
      // The ridge is 16 times the rounding of the factorisation: weights in no direction of the data are off
      // by a sixteenth.
      for (const [at, input] of order.entries()) expect(kernel.data[at]).toBeCloseTo(input === 0 ? 3 : 1, 1);
    }
  });

  test('is what was asked for where inputs determine the weights', () => {
    const inputs = correlatedRows(1, 80, 5);
    const { diagnostics } = solveAffine(momentsOfRows(inputs, randomArray(2, [80, 1])), { ridge: 0 });
    expect(diagnostics).toMatchObject({ ridge: 0, raisedRidge: null, rank: 5 });
  });
});

describe('refusals', () => {
  const moments = momentsOfRows(randomArray(1, [9, 2]), randomArray(2, [9, 1]));
  const spoiled = (name: Exclude<keyof Moments, 'count' | 'precision'>, value: number): Moments => ({
    ...moments,
    [name]: { ...moments[name], data: moments[name].data.map((kept, index) => (index === 0 ? value : kept)) },
  });
  const parts = [
    'inputMean',
    'targetMean',
    'inputCovariance',
    'crossCovariance',
    'targetCovariance',
  ] as const;

  test('no rows', () => {
    expect(codeOf(() => solveAffine(emptyMoments(3, 2)))).toBe('SAMPLES_TOO_FEW');
  });

  test.each(parts)('NaN or Infinity in %s', (name) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => solveAffine(spoiled(name, value)))).toBe('VALUE_NOT_FINITE');
      for (const ridge of [0, 'auto'] as const) {
        expect(codeOf(() => solveAffine(moments, { ridge, heldOut: spoiled(name, value) }))).toBe(
          'VALUE_NOT_FINITE',
        );
      }
    }
  });

  test('moments that no rows have: more explained than there is', () => {
    const crossCovariance = ndArray([1, 2], [3, 3]);
    expect(codeOf(() => solveAffine({ ...moments, crossCovariance }, { ridge: 0 }))).toBe(
      'PRECISION_TOO_LOW',
    );
  });

  test('held-out moments of another size', () => {
    for (const heldOut of [
      momentsOfRows(randomArray(1, [9, 3]), randomArray(2, [9, 1])),
      momentsOfRows(randomArray(1, [9, 2]), randomArray(2, [9, 2])),
    ]) {
      expect(codeOf(() => solveAffine(moments, { heldOut }))).toBe('SHAPE_MISMATCH');
    }
  });

  test('a prior of another shape', () => {
    const prior = { kernel: randomArray(1, [1, 2]), bias: randomArray(1, [1]) };
    expect(codeOf(() => solveAffine(moments, { prior }))).toBe('SHAPE_MISMATCH');
  });

  test('NaN in a prior', () => {
    for (const part of ['kernel', 'bias'] as const) {
      const prior = { kernel: randomArray(1, [2, 1]), bias: randomArray(1, [1]) };
      prior[part].data[0] = Number.NaN;
      expect(codeOf(() => solveAffine(moments, { prior }))).toBe('VALUE_NOT_FINITE');
    }
  });
});
