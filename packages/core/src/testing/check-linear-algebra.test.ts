import { describe, expect, test } from 'vitest';
import { transpose } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import {
  type LinearAlgebra,
  type PositiveSolution,
  referenceLinearAlgebra,
} from '../linear-algebra/linear-algebra.js';
import { deferredLinearAlgebra } from '../testing-support/affine-rows.test-support.js';
import { checkLinearAlgebra } from './check-linear-algebra.js';

const { solvePositive, multiplyTransposed } = referenceLinearAlgebra;

test('the reference passes, without error, at once and later', async () => {
  for (const linearAlgebra of [referenceLinearAlgebra, deferredLinearAlgebra]) {
    const checks = await checkLinearAlgebra(linearAlgebra);
    expect(checks.length).toBeGreaterThan(90);
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    for (const { relativeError } of checks) expect(relativeError).toBe(0);
  }
});

test('another order of the terms passes, and shows', async () => {
  const reversed = (matrix: Float64Array, inner: number) =>
    matrix.map((_, at) => matrix[at - (at % inner) + (inner - 1 - (at % inner))]!);
  const checks = await checkLinearAlgebra({
    ...referenceLinearAlgebra,
    multiplyTransposed: (a, b, inner) => multiplyTransposed(reversed(a, inner), reversed(b, inner), inner),
  });
  const worst = Math.max(...checks.map(({ relativeError }) => relativeError));
  expect(worst).toBeGreaterThan(0);
  // Sums of 200 terms.
  expect(worst).toBeLessThan(200 * Number.EPSILON);
});

/** The array that `write` fills, which each call uses again. */
function reused(length: number): (values: Float64Array) => Float64Array {
  const memory = new Float64Array(length);
  return (values) => {
    memory.set(values);
    return memory.subarray(0, values.length);
  };
}

const fromMemory = reused(40_000);
let inFlight = 0;

describe('a linear algebra is caught that', () => {
  const wrong: Record<string, [Partial<LinearAlgebra>, RegExp]> = {
    'solves in single precision': [
      { solvePositive: (m, n, b, t) => solvePositive(m.map(Math.fround), n, b, t) },
      /solvePositive, size \d+, .*: off by/,
    ],
    'multiplies in single precision': [
      { multiplyTransposed: (a, b, inner) => multiplyTransposed(a, b, inner).map(Math.fround) },
      /multiplyTransposed, .*: off by/,
    ],
    'reads above the diagonal': [
      { solvePositive: (m, n, b, t) => solvePositive(transpose(m, n, n), n, b, t) },
      /solvePositive, size 2, /,
    ],
    'factors in place': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          m[0] = Math.sqrt(m[0]!);
          return solved;
        },
      },
      /an argument was changed/,
    ],
    'solves in place': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          b.set(solved.solution);
          return { ...solved, solution: b };
        },
      },
      /an argument was changed/,
    ],
    'sends its arguments away': [
      {
        multiplyTransposed(a, b, inner) {
          const product = multiplyTransposed(a, b, inner);
          structuredClone(a.buffer, { transfer: [a.buffer as ArrayBuffer] });
          return product;
        },
      },
      /an argument was changed or taken away/,
    ],
    'writes beside its arguments': [
      {
        multiplyTransposed(a, b, inner) {
          new Float64Array(b.buffer)[b.length + 3] = 0;
          return multiplyTransposed(a, b, inner);
        },
      },
      /an argument was changed/,
    ],
    'takes the whole buffer for a view of it': [
      {
        multiplyTransposed: (a, b, inner) =>
          multiplyTransposed(new Float64Array(a.buffer, 0, a.length), b, inner),
      },
      /multiplyTransposed, .*: off by NaN/,
    ],
    'skips nothing': [
      {
        solvePositive: (m, n, b) => solvePositive(m, n, b, Number.NEGATIVE_INFINITY),
      },
      /repeated columns: skipped\[\d+\] is 0 where 1/,
    ],
    'holds what is left to a fixed size': [
      {
        solvePositive(m, n, b, t) {
          const weak = Array.from({ length: n }, (_, at) => m[at * (n + 1)]! < 1e-12);
          const solved = solvePositive(m, n, b, t);
          return { ...solved, skipped: solved.skipped.map((isSkipped, at) => (weak[at] ? 1 : isSkipped)) };
        },
      },
      /of far scales: skipped\[\d+\] is 1 where 0/,
    ],
    'has a tolerance of its own': [
      { solvePositive: (m, n, b) => solvePositive(m, n, b, 1e-13) },
      /tolerance a twentieth: skipped\[\d+\] is 0 where 1/,
    ],
    'gives weight to what is skipped': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          const solution = solved.solution.map((value, at) => (solved.skipped[at % n] ? 1e-30 : value));
          return { ...solved, solution };
        },
      },
      /repeated columns: a skipped column got a weight/,
    ],
    'divides by nothing': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          return m.some((value) => value !== 0) ? solved : { ...solved, solution: b.map((v) => v / 0) };
        },
      },
      /a zero matrix: a skipped column got a weight/,
    ],
    'gives the roots of the pivots': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          return { ...solved, pivots: solved.pivots.map(Math.sqrt) };
        },
      },
      /solvePositive, size 1, .*: off by/,
    ],
    'gives no pivots': [
      {
        solvePositive(m, n, b, t) {
          const { solution, skipped } = solvePositive(m, n, b, t);
          return { solution, skipped } as unknown as PositiveSolution;
        },
      },
      /pivots is no Float64Array/,
    ],
    'leaves out what is beyond a block of four': [
      {
        multiplyTransposed(a, b, inner) {
          const columns = b.length / inner;
          return multiplyTransposed(a, b, inner).map((value, at) =>
            columns > 4 && at % columns >= columns - (columns % 4) ? 0 : value,
          );
        },
      },
      /multiplyTransposed, .*: off by/,
    ],
    'is wrong beyond a block of 64': [
      {
        solvePositive(m, n, b, t) {
          const solved = solvePositive(m, n, b, t);
          return n > 64 ? { ...solved, solution: solved.solution.map((v) => v * (1 + 1e-10)) } : solved;
        },
      },
      /solvePositive, size 65, .*: off by/,
    ],
    'gives the product the other way about': [
      {
        multiplyTransposed: (a, b, inner) => multiplyTransposed(b, a, inner),
      },
      /multiplyTransposed, .*: off by/,
    ],
    'gives a product that is too short': [
      { multiplyTransposed: (a, b, inner) => multiplyTransposed(a, b, inner).subarray(1) },
      /the product has \d+ numbers; \d+ were expected/,
    ],
    'refuses a call without right sides': [
      {
        solvePositive(m, n, b, t) {
          if (b.length === 0) throw new RangeError('nothing to solve');
          return solvePositive(m, n, b, t);
        },
      },
      /0 right sides: RangeError: nothing to solve/,
    ],
    'answers from memory that it uses again': [
      { multiplyTransposed: (a, b, inner) => fromMemory(multiplyTransposed(a, b, inner)) },
      /a later call changed the answer/,
    ],
    'mixes up calls that overlap': [
      {
        async multiplyTransposed(a, b, inner) {
          inFlight++;
          await Promise.resolve();
          const product = multiplyTransposed(a, b, inner);
          if (inFlight > 1) product.fill(0);
          inFlight--;
          return product;
        },
      },
      /among other calls: off by/,
    ],
  };

  test.each(Object.entries(wrong))('%s', async (_title, [change, message]) => {
    const linearAlgebra: LinearAlgebra = { ...referenceLinearAlgebra, ...change };
    const error = await checkLinearAlgebra(linearAlgebra).catch((thrown: unknown) => thrown);
    expect(FuseInitError.isInstance(error) && error.code).toBe('CHECK_FAILED');
    expect((error as Error).message).toMatch(message);
  });
});
