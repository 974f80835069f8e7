import { type LinearAlgebra, referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { check, failed, randomArray } from './check.js';
import { type ProductCase, productCases, type SystemCase, systemCases } from './linear-algebra-cases.js';

/** The error of a linear algebra against the float64 reference in one case. */
export interface LinearAlgebraCheck {
  readonly name: string;
  /**
   * The largest error of a solution or product relative to its largest element, or of a pivot relative to its
   * diagonal element.
   */
  readonly relativeError: number;
}

/**
 * The largest relative error in float64 with any order of summation: the rounding of sums of 200 terms, times
 * a condition number of a thousand, is 2e-11 at worst. Float32 errors are far larger.
 */
const tolerance = 2e-11;

/**
 * Tests an implementation of {@link LinearAlgebra} against the float64 reference. The cases have sizes of 1
 * to 40 and around 64, 128 and 200, no right side and several, columns that repeat others exactly or nearly,
 * widely different scales, a zero matrix, and products of any shape. Nothing above the diagonal may be read
 * and no argument changed; arguments may be views of larger buffers, calls may overlap, and a returned result
 * must not change later.
 *
 * It doesn't depend on a test runner and can be called in any test.
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
  /**
   * The error of the arrays that `ask` returned. Throws CHECK_FAILED for a fault that no number can express.
   */
  readonly errorOf: (arrays: readonly Numbers[]) => number;
}

interface Answer extends LinearAlgebraCheck {
  readonly arrays: readonly Numbers[];
  /** Copies of the returned arrays, to detect later changes. */
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
        // Weights are compared as if all columns had variance 1; otherwise only columns of small scale would
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

/** A call with the same array as both arguments, as for the products of rows with each other. */
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

/** A view of the same numbers inside a larger buffer. */
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
