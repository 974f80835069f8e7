import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyRows, type NdArray, ndArray } from '../array/nd-array.js';
import { momentsOfRows } from '../moments/moments.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import {
  bentTargets,
  correlatedRows,
  deferredLinearAlgebra,
  measuredRelativeMse,
} from '../testing-support/affine-rows.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { measureAffine } from './affine-error.js';
import type { AffineSolution, SolveOptions } from './least-squares.js';
import { solveAffine } from './solve-affine.js';

const patchSize = 12;
/** Fewer rows than inputs, as many, one more, and more; one alone has no variance. */
const counts = fc.constantFrom(1, 2, 5, 11, 12, 13, 30);
const ridges = fc.constantFrom(1e-6, 1e-3, 0.1, 10);

interface Drawn {
  readonly inputs: NdArray;
  readonly targets: NdArray;
  readonly options: SolveOptions & { readonly heldOut?: Record<'inputs' | 'targets', NdArray> };
}

const problems = fc
  .record({
    seed: seeds,
    count: counts,
    ridge: ridges,
    dead: fc.boolean(),
    withPrior: fc.boolean(),
    far: fc.boolean(),
  })
  .map(({ seed, count, ridge, dead, withPrior, far }): Drawn => {
    const drawn = correlatedRows(seed, count, patchSize);
    const data = drawn.data.map((value, index) => {
      // Constant but for its last bit in every other row.
      if (dead && index % patchSize === 3) return 1 + (Math.floor(index / patchSize) % 2) * Number.EPSILON;
      return far ? value + 100 : value;
    });
    const inputs = { shape: drawn.shape, data };
    const others = correlatedRows(seed + 9, 20, patchSize);
    return {
      inputs,
      targets: bentTargets(seed, inputs, 2),
      options: {
        ridge,
        heldOut: { inputs: others, targets: bentTargets(seed, others, 2) },
        ...(withPrior
          ? { prior: { kernel: randomArray(seed + 7, [patchSize, 2]), bias: randomArray(seed + 8, [2]) } }
          : {}),
      },
    };
  });

const momentsOf = ({ inputs, targets }: { inputs: NdArray; targets: NdArray }) =>
  momentsOfRows(inputs, targets);

function byMoments({ inputs, targets, options: { heldOut, ...options } }: Drawn): AffineSolution {
  return solveAffine(
    momentsOfRows(inputs, targets),
    heldOut ? { ...options, heldOut: momentsOf(heldOut) } : options,
  );
}

function expectSame(byRows: AffineSolution, expected: AffineSolution): void {
  // Roundings of 30 terms times the condition number, which a ridge of 1e-6 keeps below 12e6.
  expect(relativeDistance(byRows.kernel, expected.kernel)).toBeLessThan(1e-7);
  // The bias takes a mean of up to 100 through the kernel.
  expect(relativeDistance(byRows.bias, expected.bias)).toBeLessThan(1e-6);
  // The variance, of size 1, cancels down to the error.
  expect(Math.abs(byRows.relativeMse - expected.relativeMse)).toBeLessThan(1e-9);
  const scale = 1 + expected.heldOutRelativeMse!;
  expect(Math.abs(byRows.heldOutRelativeMse! - expected.heldOutRelativeMse!)).toBeLessThan(1e-6 * scale);
  const { count, ridge, deadInputs } = expected.diagnostics;
  expect(byRows.diagnostics).toMatchObject({ count, patchSize, ridge, deadInputs });
}

test('the same as by moments, at any ridge and count, with dead inputs, a prior, far from zero', () => {
  holds(
    fc.property(problems, (drawn) => {
      const solution = solveAffine({ inputs: drawn.inputs, targets: drawn.targets }, drawn.options);
      expectSame(solution, byMoments(drawn));
      for (const input of solution.diagnostics.deadInputs) {
        for (const index of [2 * input, 2 * input + 1]) {
          expect(solution.kernel.data[index]).toBe(drawn.options.prior?.kernel.data[index] ?? 0);
        }
      }
    }),
    200,
  );
});

test("the same by 'auto': the ridges tried, their errors, the one chosen", () => {
  holds(
    fc.property(problems, (drawn) => {
      const auto: Drawn = { ...drawn, options: { ...drawn.options, ridge: 'auto' } };
      const [byRows, expected] = [
        solveAffine({ inputs: auto.inputs, targets: auto.targets }, auto.options),
        byMoments(auto),
      ];
      const { ridge, ridgeCandidates } = byRows.diagnostics;
      expect(ridgeCandidates.map((candidate) => candidate.ridge)).toEqual(
        expected.diagnostics.ridgeCandidates.map((candidate) => candidate.ridge),
      );
      expect(ridgeCandidates).toContainEqual({ ridge, heldOutRelativeMse: byRows.heldOutRelativeMse });
      expectSame(byRows, expected);
    }),
  );
});

test('held-out moments give the error that the map has on them, by which a ridge is chosen', () => {
  holds(
    fc.property(problems, ({ inputs, targets, options }) => {
      const heldOut = momentsOf(options.heldOut!);
      const solution = solveAffine({ inputs, targets }, { ...options, ridge: 'auto', heldOut });
      expect(solution.heldOutRelativeMse).toBe(measureAffine(heldOut, solution).relativeMse);
      const { ridge, ridgeCandidates } = solution.diagnostics;
      expect(ridgeCandidates).toContainEqual({ ridge, heldOutRelativeMse: solution.heldOutRelativeMse });
    }),
  );
});

test('the errors are those that the rows have', () => {
  holds(
    fc.property(problems, ({ inputs, targets, options }) => {
      const solution = solveAffine({ inputs, targets }, options);
      const others = options.heldOut!;
      // One row has no variance to be held against.
      if (inputs.shape[0]! > 1) {
        const measured = measuredRelativeMse(solution, inputs, targets);
        expect(Math.abs(solution.relativeMse - measured)).toBeLessThan(1e-9);
      }
      const heldOut = measuredRelativeMse(solution, others.inputs, others.targets);
      // Roundings of a prediction far from zero, times the weights.
      expect(Math.abs(solution.heldOutRelativeMse! / heldOut - 1)).toBeLessThan(1e-8);
    }),
    100,
  );
});

test('rows in float32 are computed with in float64', () => {
  const [inputs, targets] = [randomArray(1, [5, 9]), randomArray(2, [5, 2])];
  const [prior, ridge] = [{ kernel: randomArray(3, [9, 2]), bias: randomArray(4, [2]) }, 'auto' as const];
  const narrow = ({ shape, data }: NdArray) => ({ shape, data: Float32Array.from(data) });
  const rounded = (array: NdArray) => ndArray(array.shape, narrow(array).data);
  const solved = (of: typeof narrow | typeof rounded) =>
    solveAffine(
      { inputs: of(inputs), targets: of(targets) },
      {
        ridge,
        prior,
        heldOut: { inputs: of(inputs), targets: of(targets) },
      },
    );
  expect(solved(narrow)).toEqual(solved(rounded));
});

test('worked out by hand: two rows, three inputs', () => {
  // Centred: (1, 0, 2) and its negative, targets 3 and -3. Products 5 and -5; lambda is 5 / 3 for ridge 1.
  const inputs = ndArray([2, 3], [2, 7, 1, 0, 7, -3]);
  const options = { ridge: 1, standardize: false };
  const { kernel, bias, diagnostics } = solveAffine({ inputs, targets: ndArray([2, 1], [4, -2]) }, options);
  // kernel = C_zp / (5 + lambda), with C_zp = 3 (1, 0, 2).
  const weight = 3 / (5 + 5 / 3);
  expect(kernel.data[0]).toBeCloseTo(weight, 14);
  expect(kernel.data[1]).toBe(0);
  expect(kernel.data[2]).toBeCloseTo(2 * weight, 14);
  expect(bias.data[0]).toBeCloseTo(1 - weight * (1 - 2), 14);
  expect(diagnostics).toMatchObject({ count: 2, patchSize: 3, rank: 1, deadInputs: [1] });
});

describe('diagnostics', () => {
  const wide = correlatedRows(1, 20, 40);
  const targets = bentTargets(1, wide, 2);

  test('at full rank of the rows, one of them goes to the bias; inputs are not named', () => {
    expect(solveAffine({ inputs: wide, targets }).diagnostics).toMatchObject({
      rank: 19,
      dependentInputs: [],
      deadInputs: [],
      causes: [expect.stringContaining("20 rows can't determine 40")],
    });
  });

  test('rows that come twice count once', () => {
    const twice = ({ shape, data }: NdArray) => ({
      shape: [40, shape[1]!],
      data: Float64Array.from([...data, ...data]),
    });
    const { diagnostics } = solveAffine({ inputs: twice(wide), targets: twice(targets) });
    // The first 20 are no more than 20, whose own sum to zero isn't looked for.
    expect(diagnostics.rank).toBe(20);
  });

  test('rank is never above that of the rows and the inputs', () => {
    holds(
      fc.property(problems, ({ inputs, targets: drawnTargets, options }) => {
        const { rank, count, deadInputs } = solveAffine(
          { inputs, targets: drawnTargets },
          options,
        ).diagnostics;
        expect(rank).toBeGreaterThanOrEqual(0);
        expect(rank).toBeLessThanOrEqual(Math.min(count - 1, patchSize - deadInputs.length));
      }),
    );
  });

  test('the condition of orthogonal rows is that of their lengths and the ridge', () => {
    // Opposite pairs along two axes: centred, with products 1 and 9, and -1 and -9 within a pair.
    const inputs = ndArray([4, 5], [1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, -3, 0, 0, 0]);
    const options = { ridge: 1, standardize: false };
    const { diagnostics } = solveAffine({ inputs, targets: randomArray(1, [4, 1]) }, options);
    // The sum of squares over the inputs is 20 / 5, which all are measured in; a pair's second pivot is a + 4
    // - a^2 / (a + 4).
    expect(diagnostics.conditionEstimate).toBeCloseTo((9 + 4) / (1 + 4 - 1 / 5), 12);
  });
});

describe('by injected linear algebra', () => {
  test('the same to the bit, and nothing is changed', async () => {
    const solved: Promise<void>[] = [];
    holds(
      fc.property(problems, fc.boolean(), (drawn, auto) => {
        const options = auto ? { ...drawn.options, ridge: 'auto' as const } : drawn.options;
        const given = [{ inputs: drawn.inputs, targets: drawn.targets }, options] as const;
        const kept = structuredClone(given);
        solved.push(
          solveAffine(...given, deferredLinearAlgebra).then((solution) => {
            expect(solution).toEqual(solveAffine(...given));
            expect(given).toEqual(kept);
          }),
        );
      }),
    );
    await Promise.all(solved);
  });

  test('a kernel of more inputs than are copied at once', async () => {
    const inputs = randomArray(1, [3, 2050]);
    const targets = multiplyRows(inputs, randomArray(2, [2050, 2]), randomArray(3, [2]));
    const solution = await solveAffine({ inputs, targets }, {}, deferredLinearAlgebra);
    // Three rows are met but for the ridge.
    expect(measuredRelativeMse(solution, inputs, targets)).toBeLessThan(1e-9);
    expect(solution.kernel.shape).toEqual([2050, 2]);
  });
});

test('all inputs dead, or one row alone, leave the mean', () => {
  const targets = randomArray(2, [6, 2]);
  const dead = solveAffine({ inputs: { shape: [6, 3], data: new Float64Array(18).fill(4) }, targets });
  expect(dead.relativeMse).toBe(1);
  expect(dead.bias).toEqual(momentsOfRows(targets, targets).targetMean);
  expect(dead.diagnostics).toMatchObject({ rank: 0, deadInputs: [0, 1, 2], conditionEstimate: 1 });
  const [input, target] = [randomArray(1, [1, 3]), randomArray(2, [1, 2])];
  const one = solveAffine({ inputs: input, targets: target });
  expect([one.bias.data, one.relativeMse]).toEqual([target.data, 0]);
});

test('without held-out rows there is no held-out error', () => {
  const [inputs, targets] = [randomArray(1, [4, 6]), randomArray(2, [4, 2])];
  const none = { inputs: randomArray(1, [0, 6]), targets: randomArray(1, [0, 2]) };
  expect('heldOutRelativeMse' in solveAffine({ inputs, targets })).toBe(false);
  expect('heldOutRelativeMse' in solveAffine({ inputs, targets }, { heldOut: none })).toBe(false);
});

describe('refusals', () => {
  const [inputs, targets] = [randomArray(1, [4, 6]), randomArray(2, [4, 2])];
  const empty = { inputs: randomArray(1, [0, 6]), targets: randomArray(1, [0, 2]) };
  const spoilt = (rows: NdArray) => ({ ...rows, data: rows.data.with(3, Number.NaN) });
  const prior = { kernel: randomArray(3, [6, 2]), bias: randomArray(4, [2]) };
  const refused: [string, string, NdArray, NdArray, SolveOptions][] = [
    ['no rows', 'SAMPLES_TOO_FEW', empty.inputs, empty.targets, {}],
    ['targets of other rows', 'SHAPE_MISMATCH', inputs, randomArray(2, [3, 2]), {}],
    ['NaN in the inputs', 'VALUE_NOT_FINITE', spoilt(inputs), targets, {}],
    ['NaN in the targets', 'VALUE_NOT_FINITE', inputs, spoilt(targets), {}],
    ['NaN held out', 'VALUE_NOT_FINITE', inputs, targets, { heldOut: { inputs: spoilt(inputs), targets } }],
    [
      'held-out rows of another size',
      'SHAPE_MISMATCH',
      inputs,
      targets,
      { heldOut: { inputs: targets, targets } },
    ],
    [
      'held-out targets of other rows',
      'SHAPE_MISMATCH',
      inputs,
      targets,
      { heldOut: { inputs, targets: randomArray(2, [3, 2]) } },
    ],
    [
      'a prior of another shape',
      'SHAPE_MISMATCH',
      inputs,
      targets,
      { prior: { ...prior, kernel: randomArray(3, [2, 6]) } },
    ],
    [
      'NaN in a prior',
      'VALUE_NOT_FINITE',
      inputs,
      targets,
      { prior: { ...prior, kernel: spoilt(prior.kernel) } },
    ],
    ['a ridge of 0', 'ARGUMENT_INVALID', inputs, targets, { ridge: 0 }],
    ['an infinite ridge', 'ARGUMENT_INVALID', inputs, targets, { ridge: Number.POSITIVE_INFINITY }],
    ["'auto' without held-out rows", 'ARGUMENT_INVALID', inputs, targets, { ridge: 'auto' }],
    ["'auto' with none held out", 'ARGUMENT_INVALID', inputs, targets, { ridge: 'auto', heldOut: empty }],
    ['channels apart', 'ARGUMENT_INVALID', inputs, targets, { channelCoupling: 'independent' }],
  ];
  test.each(refused)('%s', async (_title, code, givenInputs, givenTargets, options) => {
    expect(codeOf(() => solveAffine({ inputs: givenInputs, targets: givenTargets }, options))).toBe(code);
    await expect(
      solveAffine({ inputs: givenInputs, targets: givenTargets }, options, deferredLinearAlgebra),
    ).rejects.toMatchObject({ code });
  });
});
