import { type LinearAlgebra, referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { check, failed, randomArray } from './check.js';
import { type ProductCase, productCases, type SystemCase, systemCases } from './linear-algebra-cases.js';

/** The distance of a linear algebra from the float64 reference in one case. */
export interface LinearAlgebraCheck {
  readonly name: string;
  /**
   * The largest error of a solution, a pivot or a product, relative to the largest one; pivots to their
   * diagonals.
   */
  readonly relativeError: number;
}

/**
 * The largest relative error that float64 may make in any order of summation: roundings of sums of 200 terms,
 * times a condition number of a thousand, are 2e-11 at worst. Float32 is far beyond it.
 */
const tolerance = 2e-11;

/**
 * Proves an implementation of {@link LinearAlgebra} against the float64 reference: sizes of 1 to 40 and
 * around 64, 128 and 200, no right side and several, columns that repeat others or all but do, on scales that
 * are far apart, a zero matrix, products of any shape. Nothing above the diagonal is read, no argument is
 * changed, each may be a view of a larger buffer, calls may overlap, and an answer stays as it is.
 *
 * Free of any test runner: call it in a test of any kind.
 *
 * @returns each case with its error, for a table.
 * @throws CHECK_FAILED with the case and what differs.
 */
export async function checkLinearAlgebra(
  linearAlgebra: LinearAlgebra,
): Promise<readonly LinearAlgebraCheck[]> {
  const calls = [
    ...systemCases().map((systemCase) => systemCall(linearAlgebra, systemCase)),
    ...productCases().map((productCase) => productCall(linearAlgebra, productCase)),
    ownProductCall(linearAlgebra),
  ];
  const answers: Answer[] = [];
  for (const call of calls) answers.push(await answerTo(call));
  for (const { name, arrays, copies } of answers) {
    check(
      arrays.every((array, index) => sameNumbers(array, copies[index]!)),
      `${name}: a later call changed the answer, which is the caller's. Give a copy of what is used again.`,
    );
  }
  await Promise.all(calls.map((call) => answerTo({ ...call, name: `${call.name}, among other calls` })));
  return answers.map(({ name, relativeError }) => ({ name, relativeError }));
}

type Numbers = Float64Array | Uint8Array;

interface Call {
  readonly name: string;
  readonly arguments: readonly Float64Array[];
  readonly ask: (...args: Float64Array[]) => Promise<readonly Numbers[]>;
  /** The error of what `ask` gave; throws CHECK_FAILED where no error could tell what is wrong. */
  readonly errorOf: (arrays: readonly Numbers[]) => number;
}

interface Answer extends LinearAlgebraCheck {
  readonly arrays: readonly Numbers[];
  /** Copies from before the call. */
  readonly copies: readonly Numbers[];
}

async function answerTo({ name, arguments: given, ask, errorOf }: Call): Promise<Answer> {
  const views = given.map(viewInside);
  const whole = views.map(({ buffer }) => new Float64Array(buffer));
  const kept = whole.map((numbers) => numbers.slice());
  let arrays: readonly Numbers[];
  try {
    arrays = await ask(...views);
  } catch (error) {
    throw failed(`${name}: ${error}`, error);
  }
  check(
    whole.every((numbers, index) => sameNumbers(numbers, kept[index]!)),
    `${name}: an argument was changed or taken away. Work on a copy.`,
  );
  const relativeError = errorOf(arrays);
  check(
    relativeError <= tolerance,
    `${name}: off by ${relativeError} of the largest number; ${tolerance} is what float64 allows.`,
  );
  return { name, relativeError, arrays, copies: arrays.map((array) => array.slice()) };
}

function systemCall(
  linearAlgebra: LinearAlgebra,
  { name: caseName, size, matrix, rightSides, tolerance: left }: SystemCase,
): Call {
  const name = `${linearAlgebra.name}, solvePositive, ${caseName}`;
  return {
    name,
    arguments: [matrix, rightSides],
    ask: async (givenMatrix, givenRightSides) => {
      const answer = await linearAlgebra.solvePositive(givenMatrix!, size, givenRightSides!, left);
      return [answer.solution, answer.pivots, answer.skipped];
    },
    errorOf([solution, pivots, skipped]) {
      const expected = referenceLinearAlgebra.solvePositive(matrix, size, rightSides, left);
      checkArray(solution, Float64Array, expected.solution.length, `${name}: solution`);
      checkArray(pivots, Float64Array, size, `${name}: pivots`);
      checkArray(skipped, Uint8Array, size, `${name}: skipped`);
      for (let index = 0; index < size; index++) {
        check(
          skipped[index] === expected.skipped[index],
          `${name}: skipped[${index}] is ${skipped[index]} where ${expected.skipped[index]} was expected: of its diagonal ${matrix[index * size + index]}, ${expected.pivots[index]} is left.`,
        );
      }
      check(
        solution.every((value, index) => value === 0 || !skipped[index % size]),
        `${name}: a skipped column got a weight; 0 was expected.`,
      );
      const deviations = Float64Array.from(skipped, (_, index) => Math.sqrt(matrix[index * (size + 1)]!));
      return Math.max(
        // Weights are compared as those of columns of variance 1: otherwise only columns of small scale would
        // count.
        largestError(solution, expected.solution, (index) => deviations[index % size]!),
        largestPivotError(pivots, expected.pivots, deviations),
      );
    },
  };
}

function productCall(linearAlgebra: LinearAlgebra, { name: caseName, a, b, inner }: ProductCase): Call {
  const name = `${linearAlgebra.name}, multiplyTransposed, ${caseName}`;
  return {
    name,
    arguments: [a, b],
    ask: async (givenA, givenB) => [await linearAlgebra.multiplyTransposed(givenA!, givenB!, inner)],
    errorOf: ([product]) =>
      productError(name, product, referenceLinearAlgebra.multiplyTransposed(a, b, inner)),
  };
}

/** The same array given twice, as for the products of rows with each other. */
function ownProductCall(linearAlgebra: LinearAlgebra): Call {
  const [rows, inner] = [37, 50];
  const { data } = randomArray(1, [rows, inner]);
  const name = `${linearAlgebra.name}, multiplyTransposed, [${rows}, ${inner}] by itself`;
  return {
    name,
    arguments: [data],
    ask: async (given) => [await linearAlgebra.multiplyTransposed(given!, given!, inner)],
    errorOf: ([product]) =>
      productError(name, product, referenceLinearAlgebra.multiplyTransposed(data, data, inner)),
  };
}

function productError(name: string, product: Numbers | undefined, expected: Float64Array): number {
  checkArray(product, Float64Array, expected.length, `${name}: the product`);
  return largestError(product, expected, () => 1);
}

function checkArray<Kind extends Numbers>(
  array: Numbers | undefined,
  kind: { new (length: number): Kind },
  length: number,
  label: string,
): asserts array is Kind {
  check(array instanceof kind, `${label} is no ${kind.name}.`);
  check(array?.length === length, `${label} has ${array?.length} numbers; ${length} were expected.`);
}

function largestError(
  actual: Float64Array,
  expected: Float64Array,
  weightOf: (index: number) => number,
): number {
  let error = 0;
  let magnitude = 0;
  expected.forEach((value, index) => {
    error = Math.max(error, weightOf(index) * Math.abs(actual[index]! - value));
    magnitude = Math.max(magnitude, weightOf(index) * Math.abs(value));
  });
  return magnitude > 0 ? error / magnitude : error;
}

function largestPivotError(actual: Float64Array, expected: Float64Array, deviations: Float64Array): number {
  let error = 0;
  expected.forEach((value, index) => {
    error = Math.max(error, Math.abs(actual[index]! - value) / (deviations[index]! ** 2 || 1));
  });
  return error;
}

/** The same numbers amid others, in a buffer of their own. */
function viewInside(values: Float64Array): Float64Array {
  const buffer = new Float64Array(values.length + 5).fill(Number.NaN);
  buffer.set(values, 3);
  return buffer.subarray(3, 3 + values.length);
}

function sameNumbers(actual: Numbers, expected: Numbers): boolean {
  return (
    actual.length === expected.length && actual.every((value, index) => Object.is(value, expected[index]))
  );
}
