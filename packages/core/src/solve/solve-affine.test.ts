import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyRows, type NdArray, ndArray } from '../array/nd-array.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { emptyMoments, type Moments, momentsOfRows } from '../moments/moments.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import {
  bentTargets,
  correlatedRows,
  deferredLinearAlgebra,
  measuredRelativeMse,
} from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import type { ChannelCoupling, SolveOptions } from './least-squares.js';
import { solveAffine } from './solve-affine.js';
import { couplingGroups } from './solve-moments.js';

const patchSizes = fc.integer({ min: 1, max: 12 });
const features = fc.integer({ min: 1, max: 4 });
const spareRows = fc.integer({ min: 20, max: 60 });

/** Rows enough to determine the map, and targets that are not quite linear in them. */
const problems = fc
  .tuple(seeds, patchSizes, features, spareRows)
  .map(([seed, patchSize, outFeatures, spare]) => {
    const inputs = correlatedRows(seed, patchSize + spare, patchSize);
    return { seed, patchSize, outFeatures, inputs, targets: bentTargets(seed, inputs, outFeatures) };
  });

const shifted = ({ shape, data }: NdArray, by: Float64Array): NdArray => ({
  shape,
  data: data.map((value, index) => value + by[index % by.length]!),
});

const largest = ({ data }: NdArray) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test('at ridge 0 the residual has mean 0 and no correlation with the input', () => {
  holds(
    fc.property(problems, ({ inputs, targets }) => {
      const moments = momentsOfRows(inputs, targets);
      const solution = solveAffine(moments, { ridge: 0 });
      const predicted = multiplyRows(inputs, solution.kernel, solution.bias);
      const residual = {
        ...targets,
        data: targets.data.map((value, index) => value - predicted.data[index]!),
      };
      const left = momentsOfRows(inputs, residual);
      // Roundings, times a condition number of up to 1e4.
      expect(largest(left.crossCovariance)).toBeLessThan(1e-11 * largest(moments.crossCovariance));
      expect(largest(left.targetMean)).toBeLessThan(1e-12 * (1 + largest(targets)));
    }),
    100,
  );
});

test('an affine map is found again', () => {
  holds(
    fc.property(problems, ({ seed, patchSize, outFeatures, inputs }) => {
      const kernel = randomArray(seed + 20, [patchSize, outFeatures]);
      const bias = randomArray(seed + 21, [outFeatures]);
      const solution = solveAffine(momentsOfRows(inputs, multiplyRows(inputs, kernel, bias)), { ridge: 0 });
      expect(solution.kernel.shape).toEqual([patchSize, outFeatures]);
      expect(solution.bias.shape).toEqual([outFeatures]);
      // Roundings, times a condition number of up to 1e4.
      expect(relativeDistance(solution.kernel, kernel)).toBeLessThan(1e-10);
      expect(
        largest(
          shifted(
            solution.bias,
            bias.data.map((value) => -value),
          ),
        ),
      ).toBeLessThan(1e-10);
      expect(solution.relativeMse).toBeLessThan(1e-13);
      expect(solution.diagnostics).toMatchObject({
        rank: patchSize,
        deadInputs: [],
        dependentInputs: [],
        causes: [],
      });
    }),
    100,
  );
});

test.each([0, 1e-6, 0.1])('translation of the input changes only the bias, at ridge %d', (ridge) => {
  holds(
    fc.property(problems, ({ seed, patchSize, inputs, targets }) => {
      const shift = randomArray(seed + 30, [patchSize]).data.map((value) => 10 * value);
      const here = solveAffine(momentsOfRows(inputs, targets), { ridge });
      const there = solveAffine(momentsOfRows(shifted(inputs, shift), targets), { ridge });
      // A shift of 10 rounds the data by 1e-15, times a condition number of up to 1e4.
      expect(relativeDistance(there.kernel, here.kernel)).toBeLessThan(1e-10);
      const moved = multiplyRows({ shape: [1, patchSize], data: shift }, here.kernel).data;
      const expected = here.bias.data.map((value, feature) => value - moved[feature]!);
      const scale = 1 + largest({ ...here.bias, data: expected });
      there.bias.data.forEach((value, feature) => {
        expect(Math.abs(value - expected[feature]!)).toBeLessThan(1e-9 * scale);
      });
    }),
    40,
  );
});

test('the error is the one that the rows have, solved on and held out', () => {
  holds(
    fc.property(problems, fc.constantFrom(0, 1e-6, 0.01), (problem, ridge) => {
      const { seed, inputs, targets, patchSize, outFeatures } = problem;
      const others = correlatedRows(seed + 40, 30, patchSize);
      const otherTargets = bentTargets(seed + 50, others, outFeatures);
      const heldOut = momentsOfRows(others, otherTargets);
      const solution = solveAffine(momentsOfRows(inputs, targets), { ridge, heldOut });
      const solvedOn = measuredRelativeMse(solution, inputs, targets);
      const measured = measuredRelativeMse(solution, others, otherTargets);
      // The variance, of size 1, cancels down to the error.
      expect(Math.abs(solution.relativeMse - solvedOn)).toBeLessThan(1e-12);
      expect(Math.abs(solution.heldOutRelativeMse! / measured - 1)).toBeLessThan(1e-9);
    }),
    100,
  );
});

test('without held-out rows there is no held-out error', () => {
  const solution = solveAffine(momentsOfRows(randomArray(1, [9, 2]), randomArray(2, [9, 1])));
  expect('heldOutRelativeMse' in solution).toBe(false);
  expect(solution.diagnostics).toMatchObject({ ridge: 1e-6, ridgeCandidates: [], count: 9, patchSize: 2 });
});

test('no other map does better on the rows solved on: ridge only costs there', () => {
  holds(
    fc.property(problems, ({ inputs, targets }) => {
      const moments = momentsOfRows(inputs, targets);
      const errors = [0, 1e-6, 1e-3, 0.1, 10].map((ridge) => solveAffine(moments, { ridge }).relativeMse);
      errors.slice(1).forEach((error, index) => {
        expect(error).toBeGreaterThanOrEqual(errors[index]! - 1e-13);
      });
    }),
    40,
  );
});

test('ridge is relative: the scale of the input scales the kernel alone', () => {
  const [inputs, targets] = [correlatedRows(1, 40, 5), randomArray(2, [40, 2])];
  const small = solveAffine(momentsOfRows(inputs, targets), { ridge: 0.1 });
  const large = solveAffine(
    momentsOfRows({ ...inputs, data: inputs.data.map((value) => 1024 * value) }, targets),
    { ridge: 0.1 },
  );
  const scaledBack = { ...large.kernel, data: large.kernel.data.map((value) => 1024 * value) };
  expect(relativeDistance(scaledBack, small.kernel)).toBeLessThan(1e-13);
});

test('ridge adds its part of each variance, or of their mean', () => {
  // Uncorrelated, of variances 1 and 9: half of each is added to it, or half of their mean, 2.5, to either.
  const inputs = ndArray([4, 2], [-1, -3, 1, -3, -1, 3, 1, 3]);
  const targets = ndArray([4, 1], [-7, 0, 0, 7]);
  const moments = momentsOfRows(inputs, targets);
  const own = solveAffine(moments, { ridge: 0.5 }).kernel;
  expect(own.data[0]).toBeCloseTo(3.5 / (1 + 0.5), 14);
  expect(own.data[1]).toBeCloseTo(10.5 / (9 + 4.5), 14);
  const mean = solveAffine(moments, { ridge: 0.5, standardize: false }).kernel;
  expect(mean.data[0]).toBeCloseTo(3.5 / (1 + 2.5), 14);
  expect(mean.data[1]).toBeCloseTo(10.5 / (9 + 2.5), 14);
});

describe('channelCoupling', () => {
  test("'full' is never worse than 'independent' on the rows solved on", () => {
    holds(
      fc.property(seeds, fc.integer({ min: 1, max: 3 }), features, (seed, inChannels, outFeatures) => {
        const inputs = correlatedRows(seed, 50, 3 * inChannels);
        const moments = momentsOfRows(inputs, bentTargets(seed, inputs, outFeatures));
        const full = solveAffine(moments, { ridge: 0, inChannels });
        const independent = solveAffine(moments, { ridge: 0, channelCoupling: 'independent', inChannels });
        // With one channel the two are the same but for roundings.
        expect(full.relativeMse).toBeLessThanOrEqual(independent.relativeMse + 1e-12);
        if (inChannels === 1) expect(independent).toEqual(full);
      }),
      100,
    );
  });

  test("'independent' solves each channel as if the others were not there", () => {
    const inputs = correlatedRows(3, 50, 6);
    const targets = bentTargets(3, inputs, 2);
    const together = solveAffine(momentsOfRows(inputs, targets), {
      ridge: 0,
      channelCoupling: 'independent',
      inChannels: 2,
    });
    for (const channel of [0, 1]) {
      const data = inputs.data.filter((_, index) => index % 2 === channel);
      const alone = solveAffine(momentsOfRows({ shape: [50, 3], data }, targets), { ridge: 0 });
      alone.kernel.data.forEach((weight, index) => {
        const [position, feature] = [Math.floor(index / 2), index % 2];
        expect(together.kernel.data[(2 * position + channel) * 2 + feature]).toBeCloseTo(weight, 12);
      });
    }
  });
});

describe('prior', () => {
  const inputs = correlatedRows(5, 40, 4);
  const moments = momentsOfRows(inputs, bentTargets(5, inputs, 2));
  const prior = { kernel: randomArray(6, [4, 2]), bias: randomArray(7, [2]) };

  test('without a ridge it does not matter', () => {
    const [free, held] = [solveAffine(moments, { ridge: 0 }), solveAffine(moments, { ridge: 0, prior })];
    // Roundings, times a condition number of up to 1e4.
    expect(relativeDistance(held.kernel, free.kernel)).toBeLessThan(1e-10);
    expect(relativeDistance(held.bias, free.bias)).toBeLessThan(1e-10);
  });

  test('a large ridge keeps it, and fits the bias to it', () => {
    const held = solveAffine(moments, { ridge: 1e9, prior });
    // What ridge leaves of the step is 1e-9 of it.
    expect(relativeDistance(held.kernel, prior.kernel)).toBeLessThan(1e-7);
    const predicted = multiplyRows({ ...moments.inputMean, shape: [1, 4] }, held.kernel, held.bias);
    expect(relativeDistance({ ...predicted, shape: [2] }, moments.targetMean)).toBeLessThan(1e-13);
  });
});

function momentsFor(seed: number, count: number, patchSize: number, outFeatures: number): Moments {
  const inputs = correlatedRows(seed, count, patchSize);
  return momentsOfRows(inputs, bentTargets(seed, inputs, outFeatures));
}

const constant = (value: number) => () => value;
const inputsWith = (change: Readonly<Record<number, (row: number) => number>>): NdArray => {
  const { shape, data } = correlatedRows(3, 40, 9);
  return {
    shape,
    data: data.map((value, index) => change[index % 9]?.(Math.floor(index / 9)) ?? value),
  };
};
const degenerateInputs = inputsWith({ 0: constant(0), 4: constant(3), 6: Math.sin, 7: Math.sin });
const degenerate = momentsOfRows(degenerateInputs, bentTargets(3, degenerateInputs, 2));
const heldOut = momentsFor(11, 30, 12, 3);
const prior = { kernel: randomArray(5, [12, 3]), bias: randomArray(6, [3]) };

const cases: Record<string, [Moments, SolveOptions]> = {
  'dense, with defaults': [momentsFor(1, 60, 12, 3), {}],
  'dense, with held-out rows': [momentsFor(1, 60, 12, 3), { ridge: 0, heldOut }],
  'the size of a convolution': [momentsFor(2, 400, 144, 24), { ridge: 1e-4 }],
  'dead and repeated inputs': [degenerate, { ridge: 0 }],
  'dead and repeated inputs under a ridge': [degenerate, { ridge: 1e-6 }],
  'nothing but dead inputs': [momentsOfRows(randomArray(1, [1, 4]), randomArray(2, [1, 2])), {}],
  'channels apart': [degenerate, { channelCoupling: 'independent', inChannels: 3 }],
  'a prior': [momentsFor(4, 60, 12, 3), { ridge: 0.1, prior }],
  "ridge 'auto'": [momentsFor(7, 16, 12, 3), { ridge: 'auto', heldOut }],
  "ridge 'auto' with a prior, channels apart": [
    momentsFor(7, 16, 12, 3),
    { ridge: 'auto', heldOut, prior, channelCoupling: 'independent', inChannels: 2 },
  ],
};

test.each(Object.entries(cases))('%s: the same to the bit, nothing changed', async (_title, given) => {
  const [moments, options] = given;
  const kept = structuredClone(given);
  const solution = await solveAffine(moments, options, deferredLinearAlgebra);
  expect(solution).toEqual(solveAffine(moments, options));
  expect(given).toEqual(kept);
});

test('repeated and dead inputs are named through injected linear algebra', async () => {
  const { diagnostics } = await solveAffine(degenerate, { ridge: 0 }, deferredLinearAlgebra);
  expect(diagnostics).toMatchObject({ deadInputs: [0, 4], dependentInputs: [7], rank: 6 });
});

test('whatever the numbers and the sizes, the same to the bit', async () => {
  const sizes = fc.integer({ min: 1, max: 9 });
  const solved: Promise<void>[] = [];
  holds(
    fc.property(seeds, sizes, sizes, sizes, (seed, count, patchSize, outFeatures) => {
      const moments = momentsFor(seed, count, patchSize, outFeatures);
      solved.push(
        solveAffine(moments, {}, deferredLinearAlgebra).then((solution) =>
          expect(solution).toEqual(solveAffine(moments)),
        ),
      );
    }),
  );
  await Promise.all(solved);
});

describe('refusals have the same code', () => {
  const moments = momentsFor(1, 20, 4, 2);
  const spoilt = { ...moments, targetMean: { shape: [2], data: Float64Array.of(0, Number.NaN) } };
  const other = { kernel: randomArray(1, [3, 2]), bias: randomArray(2, [2]) };
  const refused: Record<string, [Moments, SolveOptions]> = {
    'no rows': [emptyMoments(4, 2), {}],
    NaN: [spoilt, {}],
    'NaN held out': [moments, { heldOut: spoilt }],
    'held-out moments of another size': [moments, { heldOut: momentsFor(1, 9, 3, 2) }],
    'a prior of another shape': [moments, { prior: other }],
    'a ridge below 0': [moments, { ridge: -1 }],
    "'auto' without held-out rows": [moments, { ridge: 'auto' }],
    "'independent' without inChannels": [moments, { channelCoupling: 'independent' }],
  };
  test.each(Object.entries(refused))('%s', async (_title, [given, options]) => {
    const code = codeOf(() => solveAffine(given, options));
    expect(code).toBeDefined();
    await expect(solveAffine(given, options, deferredLinearAlgebra)).rejects.toMatchObject({ code });
  });
});

test('factoring, the error and the prior all go through what was injected', async () => {
  const asked: string[] = [];
  const listening: LinearAlgebra = {
    name: 'listening',
    solvePositive(...args) {
      asked.push('solve');
      return deferredLinearAlgebra.solvePositive(...args);
    },
    multiplyTransposed(...args) {
      asked.push('multiply');
      return deferredLinearAlgebra.multiplyTransposed(...args);
    },
  };
  await solveAffine(momentsFor(4, 60, 12, 3), { prior, heldOut }, listening);
  expect(asked).toEqual(['multiply', 'solve', 'multiply', 'multiply']);
});

test("'full' is one group of all inputs", () => {
  expect(couplingGroups('full', 4, undefined)).toEqual([[0, 1, 2, 3]]);
});

test("'independent' is a group for each channel, which runs fastest in a patch", () => {
  expect(couplingGroups('independent', 6, 2)).toEqual([
    [0, 2, 4],
    [1, 3, 5],
  ]);
});

test.each([undefined, 0, -2, 1.5, 4, Number.NaN])(
  "'independent' with inChannels %s is refused",
  (inChannels) => {
    expect(codeOf(() => couplingGroups('independent', 6, inChannels))).toBe('ARGUMENT_INVALID');
  },
);

test('another coupling is refused', () => {
  expect(codeOf(() => couplingGroups('partial' as ChannelCoupling, 6, 2))).toBe('ARGUMENT_INVALID');
});
