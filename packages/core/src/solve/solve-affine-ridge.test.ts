import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyMoments } from '../moments/moments.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import { randomArray } from '../testing/random-array.js';
import { bentTargets, correlatedRows } from '../testing-support/affine-rows.test-support.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { solveAffine } from './solve-affine.js';

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

test('of inputs that are uncorrelated, the condition is that of their variances and the ridge', () => {
  const variances = [4, 0.25, 1, 16];
  const moments = emptyMoments(4, 1);
  variances.forEach((variance, input) => {
    moments.inputCovariance.data[input * 4 + input] = variance;
  });
  const conditionAt = (ridge: number) =>
    solveAffine({ ...moments, count: 100 }, { ridge }).diagnostics.conditionEstimate;
  const meanVariance = (4 + 0.25 + 1 + 16) / 4;
  expect(conditionAt(0)).toBe(16 / 0.25);
  expect(conditionAt(0.5)).toBeCloseTo((16 + 0.5 * meanVariance) / (0.25 + 0.5 * meanVariance), 12);
});
