import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../array/nd-array.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { emptyMoments, type Moments } from '../moments/moments.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import { randomArray } from '../testing/random-array.js';
import { bentTargets, correlatedRows } from '../testing-support/affine-rows.test-support.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { deferredLinearAlgebra } from '../testing-support/deferred-linear-algebra.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import type { SolveOptions } from './least-squares.js';
import { solveAffine } from './solve-affine.js';

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
