import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NdArray, ndArray } from '../array/nd-array.js';
import { type Computation, compute } from '../linear-algebra/computation.js';
import { emptyMoments, momentsOfRows } from '../moments/moments.js';
import { mergeMoments } from '../moments/moments-accumulator.js';
import { randomArray } from '../testing/check.js';
import { bentTargets, correlatedRows } from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { chooseRidge, floorOf, type RidgeAttempt } from './ridge.js';
import { solveAffine } from './solve-affine.js';

const chosen = (floor: number, errorAt: (ridge: number) => number, holdsWithoutRidge = false) =>
  compute(
    chooseRidge(floor, function* (ridge): Computation<RidgeAttempt> {
      return { ridge, heldOutRelativeMse: (yield () => errorAt(ridge)) as number, holdsWithoutRidge };
    }),
  );

/** Held-out error with one valley, in decades from its bottom. */
const valleyAt = (bottom: number) => (ridge: number) => 1 + Math.abs(Math.log10(ridge) - Math.log10(bottom));

describe.each([-10, -6, -5])('from 10 ** %d', (floor) => {
  test('finds the bottom of a valley at any power, and tries no ridge twice', () => {
    for (let exponent = floor; exponent <= 3; exponent++) {
      const { best, candidates, edge } = chosen(floor, valleyAt(Number(`1e${exponent}`)));
      expect(best.ridge).toBe(Number(`1e${exponent}`));
      const ridges = candidates.map(({ ridge }) => ridge);
      expect(new Set(ridges).size).toBe(ridges.length);
      expect(ridges).toEqual(ridges.toSorted((one, other) => one - other));
      expect(edge).toBe(exponent === floor ? 'smallest' : exponent === 3 ? 'largest' : null);
    }
  });

  test('stays in its range where the error falls on and on', () => {
    expect(chosen(floor, (ridge) => ridge).best.ridge).toBe(Number(`1e${floor}`));
    expect(chosen(floor, (ridge) => 1 / ridge).best.ridge).toBe(1e3);
  });

  test('walks over a plateau of any width to what lies beyond', () => {
    // Level at 0.585 from 1e-3 up to 1, and a fall below: what stopped the walk of a search from above.
    const below = (ridge: number) => (ridge > 10 ? 0.9 : ridge > 1e-4 ? 0.585 : 0.113);
    expect(chosen(floor, below).best.heldOutRelativeMse).toBe(0.113);
    const above = (ridge: number) => (ridge < 10 ? 0.585 : ridge < 200 ? 0.113 : 0.9);
    expect(chosen(floor, above).best.heldOutRelativeMse).toBe(0.113);
  });
});

test('of what differs by less than a thousandth, the largest is taken', () => {
  const errorAt = (gain: number) => (ridge: number) => (ridge > 0.5 ? 2 : ridge < 1e-4 ? 1 - gain : 1);
  expect(chosen(-6, errorAt(0.0005)).best.ridge).toBe(0.1);
  expect(chosen(-6, errorAt(0.002)).best.ridge).toBe(1e-5);
});

test('a rise to more than twice the least ends the search', () => {
  const { candidates } = chosen(-10, (ridge) => 1 + 1e9 * ridge);
  expect(candidates.map(({ ridge }) => ridge)).toEqual([1e-10, 1e-9, 1e-8, 1e-6]);
});

test('0 is tried below the smallest where the matrix is sound without a ridge', () => {
  const falling = (ridge: number) => 1 + Math.sqrt(ridge);
  expect(chosen(-4, falling, true)).toMatchObject({ best: { ridge: 0 }, edge: null });
  expect(chosen(-4, falling)).toMatchObject({ best: { ridge: 1e-4 }, edge: 'smallest' });
  // Not where a larger one is better.
  expect(chosen(-4, valleyAt(1), true).candidates.map(({ ridge }) => ridge)).not.toContain(0);
});

test('the floor follows the rounding, as a power of ten in range', () => {
  expect(floorOf(1e-6)).toBe(-6);
  expect(floorOf(4.8e-6)).toBe(-5);
  expect(floorOf(1e-14)).toBe(-10);
  expect(floorOf(1e9)).toBe(3);
});

const moments = momentsOfRows(randomArray(1, [9, 2]), randomArray(2, [9, 1]));

describe("ridge 'auto'", () => {
  test('takes the candidate of least held-out error, and solves as if it had been given', () => {
    holds(
      fc.property(seeds, fc.integer({ min: 8, max: 40 }), (seed, count) => {
        const [inputs, others] = [correlatedRows(seed, count, 10), correlatedRows(seed + 9, 30, 10)];
        const noisy = momentsOfRows(inputs, bentTargets(seed, inputs, 2));
        const heldOut = momentsOfRows(others, bentTargets(seed, others, 2));
        const solution = solveAffine(noisy, { ridge: 'auto', heldOut });
        const { ridge, ridgeCandidates } = solution.diagnostics;
        expect(ridgeCandidates.length).toBeGreaterThan(1);
        const least = Math.min(...ridgeCandidates.map(({ heldOutRelativeMse }) => heldOutRelativeMse));
        // What is less than a thousandth better counts as noise.
        expect(solution.heldOutRelativeMse! * (1 - 1e-3)).toBeLessThanOrEqual(least);
        expect(ridgeCandidates).toContainEqual({ ridge, heldOutRelativeMse: solution.heldOutRelativeMse });
        const given = solveAffine(noisy, { ridge, heldOut });
        expect([given.kernel, given.bias]).toEqual([solution.kernel, solution.bias]);
      }),
    );
  });

  test('needs held-out rows', () => {
    expect(codeOf(() => solveAffine(moments, { ridge: 'auto' }))).toBe('ARGUMENT_INVALID');
    const heldOut = emptyMoments(2, 1);
    expect(codeOf(() => solveAffine(moments, { ridge: 'auto', heldOut }))).toBe('ARGUMENT_INVALID');
  });
});

test.each([-1, -1e-9, Number.NaN, Number.POSITIVE_INFINITY])('ridge %d is refused', (ridge) => {
  expect(codeOf(() => solveAffine(moments, { ridge }))).toBe('ARGUMENT_INVALID');
});

test("'independent' without inChannels is refused", () => {
  expect(codeOf(() => solveAffine(moments, { channelCoupling: 'independent' }))).toBe('ARGUMENT_INVALID');
});

describe('the precision of the sums', () => {
  // A second input that differs from the first by a ten-thousandth: a share of 1e-8 of its variance is its
  // own.
  const free = randomArray(1, [200, 2]);
  const inputs = {
    shape: [200, 2],
    data: free.data.map((value, at) => (at % 2 === 0 ? value : free.data[at - 1]! + 1e-4 * value)),
  };
  const exact = momentsOfRows(inputs, bentTargets(2, inputs, 1));
  const rounded = { ...exact, precision: 2 ** -24 };

  test('decides which inputs follow from others', () => {
    expect(solveAffine(exact, { ridge: 0 }).diagnostics).toMatchObject({ rank: 2, dependentInputs: [] });
    const { diagnostics } = solveAffine(rounded, { ridge: 0 });
    // The square root of 2 inputs times the precision.
    const raisedRidge = Math.SQRT2 * 2 ** -24;
    expect(diagnostics).toMatchObject({ rank: 1, dependentInputs: [1], ridge: 0, raisedRidge });
    expect(diagnostics.causes).toEqual([expect.stringContaining('rounding')]);
  });

  test("is the floor of 'auto', which tries 0 only where no input follows from others", () => {
    const ridgesOf = (rows: NdArray, precision: number) => {
      const targets = { shape: [200, 1], data: rows.data.filter((_, at) => at % 2 === 0) };
      // An exact fit: the held-out error falls all the way.
      const { diagnostics } = solveAffine(
        { ...momentsOfRows(rows, targets), precision },
        { ridge: 'auto', heldOut: { inputs: rows, targets } },
      );
      return diagnostics.ridgeCandidates.map(({ ridge }) => ridge);
    };
    // The nearest power of ten to 4 sqrt(2) 2^-24.
    expect(ridgesOf(inputs, 2 ** -24)[0]).toBe(1e-6);
    expect(ridgesOf(free, 2 ** -24).slice(0, 2)).toEqual([0, 1e-6]);
    expect(ridgesOf(inputs, 2 ** -53).slice(0, 2)).toEqual([0, 1e-10]);
  });

  test('bounds the error that is told', () => {
    const linear = momentsOfRows(inputs, {
      shape: [200, 1],
      data: inputs.data.filter((_, at) => at % 2 === 0),
    });
    expect(solveAffine(linear, { ridge: 0 }).relativeMse).toBeLessThan(1e-14);
    const { relativeMse, diagnostics } = solveAffine({ ...linear, precision: 2 ** -24 }, { ridge: 0 });
    // Both inputs share the weight, a half each: (sqrt(1/2) + 1)^2 times the precision.
    expect(diagnostics.rounding / 2 ** -24).toBeCloseTo((Math.SQRT1_2 + 1) ** 2, 2);
    expect(relativeMse).toBe(diagnostics.rounding);
  });

  test('that of merged moments is the lesser', () => {
    expect(mergeMoments(exact, rounded).precision).toBe(2 ** -24);
    expect('precision' in mergeMoments(exact, exact)).toBe(false);
  });
});

test('held-out rows tell what their moments tell, and how sure it is', () => {
  const [inputs, others] = [correlatedRows(1, 40, 10), correlatedRows(9, 30, 10)];
  const noisy = momentsOfRows(inputs, bentTargets(1, inputs, 2));
  const targets = bentTargets(1, others, 2);
  const byMoments = solveAffine(noisy, { ridge: 'auto', heldOut: momentsOfRows(others, targets) });
  const byRows = solveAffine(noisy, { ridge: 'auto', heldOut: { inputs: others, targets } });
  expect(byRows.diagnostics.ridge).toBe(byMoments.diagnostics.ridge);
  // Roundings of a few digits of sixteen.
  expect(byRows.heldOutRelativeMse! / byMoments.heldOutRelativeMse!).toBeCloseTo(1, 11);
  expect(byRows.heldOutStandardError).toBeGreaterThan(0);
  expect('heldOutStandardError' in byMoments).toBe(false);
});

test('inputs of one channel share what the ridge is relative to', () => {
  // Uncorrelated, of variances 1 and 9: two positions of one channel, then one of each of two.
  const inputs = ndArray([4, 2], [-1, -3, 1, -3, -1, 3, 1, 3]);
  const rows = momentsOfRows(inputs, ndArray([4, 1], [-7, 0, 0, 7]));
  const kernelOf = (inChannels: number) => [...solveAffine(rows, { ridge: 0.5, inChannels }).kernel.data];
  expect(kernelOf(1)[0]).toBeCloseTo(3.5 / (1 + 2.5), 14);
  expect(kernelOf(1)[1]).toBeCloseTo(10.5 / (9 + 2.5), 14);
  expect(kernelOf(2)[0]).toBeCloseTo(3.5 / (1 + 0.5), 14);
  expect(kernelOf(2)[1]).toBeCloseTo(10.5 / (9 + 4.5), 14);
});

test("the units of an input make no difference to 'auto', unless it is told not to standardize", () => {
  const [inputs, others] = [correlatedRows(1, 60, 6), correlatedRows(9, 50, 6)];
  const scaled = ({ shape, data }: NdArray): NdArray => ({
    shape,
    data: data.map((value, at) => value * (at % 6 === 0 ? 1e6 : 1)),
  });
  const errorOf = (change: typeof scaled, standardize: boolean) =>
    solveAffine(momentsOfRows(change(inputs), bentTargets(1, inputs, 2)), {
      ridge: 1e-3,
      standardize,
      heldOut: { inputs: change(others), targets: bentTargets(1, others, 2) },
    }).heldOutRelativeMse!;
  const same = (rows: NdArray) => rows;
  // Roundings, times the condition number of a few hundred.
  expect(errorOf(scaled, true) / errorOf(same, true)).toBeCloseTo(1, 10);
  expect(errorOf(scaled, false)).toBeGreaterThan(1.5 * errorOf(same, false));
});

test('of inputs that are uncorrelated, the condition is that of their variances and the ridge', () => {
  const variances = [4, 0.25, 1, 16];
  const moments = emptyMoments(4, 1);
  variances.forEach((variance, input) => {
    moments.inputCovariance.data[input * 4 + input] = variance;
  });
  const conditionAt = (ridge: number) =>
    solveAffine({ ...moments, count: 100 }, { ridge, standardize: false }).diagnostics.conditionEstimate;
  const meanVariance = (4 + 0.25 + 1 + 16) / 4;
  expect(conditionAt(0)).toBe(16 / 0.25);
  expect(conditionAt(0.5)).toBeCloseTo((16 + 0.5 * meanVariance) / (0.25 + 0.5 * meanVariance), 12);
});
