import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WasmLinearAlgebra } from '@fuseinit/linalg';
import { interleave, type Spread, spreadOf } from '../measuring/measurements.js';
import type { NumpyProcess } from './numpy-process.js';
import { type NumpyWay, type Problem, readValues, rowCount, writeProblem } from './problems.js';

/**
 * Returns the error of values relative to the expected ones: the ratio of the Frobenius norms of the
 * difference and of the expected values.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values where ${expected.length} were expected.`);
  }
  let difference = 0;
  let size = 0;
  for (let index = 0; index < expected.length; index++) {
    difference += (actual[index]! - expected[index]!) ** 2;
    size += expected[index]! ** 2;
  }
  return Math.sqrt(difference / size);
}

/** The ridge of both, relative to the mean diagonal of the covariance. */
const ridge = 1e-3;

/** Weights with a larger error are wrong, and their times don't count. */
const largestError = 1e-2;

/** The results of one problem; times are in seconds. */
export interface ProblemFigures {
  readonly rows: number;
  readonly inputs: number;
  readonly targets: number;
  /** The share of the inputs that are zero. */
  readonly zeros: number;
  readonly ours: Spread;
  /** The median time before solving. */
  readonly oursMoments: number;
  /** The error of our weights against float64. */
  readonly oursError: number;
  readonly numpy: readonly NumpyFigures[];
}

/** The results of one way to solve the problem in NumPy; times are in seconds. */
interface NumpyFigures {
  /**
   * The way: by the inverse, as in the paper's code and textbooks; by NumPy's solver; or by a loop over
   * channels.
   */
  readonly by: 'inv' | 'solve' | 'loop';
  readonly time: Spread;
  /** The median time before solving; null for the loops, which have no such part. */
  readonly moments: number | null;
  /** The ratio of its median time to ours. */
  readonly ratio: number;
  /** The error of its weights against float64; null for the loops, which solve another problem. */
  readonly error: number | null;
}

/**
 * Lets both solve a problem turn by turn. The first turn of each doesn't count, nor do those of the first two
 * seconds.
 *
 * @throws Error if our weights are wrong.
 */
export async function measureProblem(
  { linearAlgebra, numpy }: { readonly linearAlgebra: WasmLinearAlgebra; readonly numpy: NumpyProcess },
  problem: Problem,
  way: NumpyWay,
  repeats: number,
): Promise<ProblemFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
  const file = (name: string) => join(folder, `${name}.f64`);
  try {
    await numpy.ask({ do: 'open', ...writeProblem(folder, problem) });
    await numpy.ask({ do: 'reference', ridge, weights: file('reference') });
    const reference = readValues(file('reference'));
    const weights = { inv: file('inv'), solve: file('solve') };
    const errors: number[] = [];
    const turns = await interleave<Turn>(
      [
        async () => {
          const { weights: found, seconds } = await solveOurs(linearAlgebra, problem, ridge);
          errors.push(relativeError(transposed(found, problem.targetSize), reference));
          requireRight(errors.at(-1)!);
          return seconds;
        },
        () => numpy.ask(way === 'joint' ? { do: 'run', ridge, weights } : { do: way, ridge }),
      ],
      { repeats, warmMs: 2000 },
    );
    const ours = turns[0]! as OurTurn[];
    const total = spreadOf(ours.map((turn) => turn.total));
    const theirs =
      way === 'joint'
        ? jointFigures(turns[1]! as JointTurn[], (by) => relativeError(readValues(weights[by]), reference))
        : [loopFigures(turns[1]! as LoopTurn[])];
    return {
      rows: rowCount(problem),
      inputs: problem.inputSize,
      targets: problem.targetSize,
      zeros:
        problem.inputs.reduce((zeros, value) => (value === 0 ? zeros + 1 : zeros), 0) / problem.inputs.length,
      ours: total,
      oursMoments: spreadOf(ours.map((turn) => turn.moments)).median,
      oursError: Math.max(...errors),
      numpy: theirs.map((figures) => ({ ...figures, ratio: figures.time.median / total.median })),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type OurTurn = { readonly moments: number; readonly total: number };
type JointTurn = { readonly moments: number; readonly inv: number; readonly solve: number };
type LoopTurn = { readonly seconds: number };
type Turn = OurTurn | JointTurn | LoopTurn;
type OwnFigures = Omit<NumpyFigures, 'ratio'>;

function jointFigures(turns: readonly JointTurn[], errorOf: (by: 'inv' | 'solve') => number): OwnFigures[] {
  const moments = spreadOf(turns.map((turn) => turn.moments)).median;
  return (['inv', 'solve'] as const).map((by) => ({
    by,
    time: spreadOf(turns.map((turn) => turn[by])),
    moments,
    error: errorOf(by),
  }));
}

function loopFigures(turns: readonly LoopTurn[]): OwnFigures {
  return { by: 'loop', time: spreadOf(turns.map((turn) => turn.seconds)), moments: null, error: null };
}

function requireRight(error: number): void {
  if (error <= largestError) return;
  throw new Error(
    `Our weights are off by ${error} of the float64 reference: at most ${largestError} was expected. No time counts for wrong weights.`,
  );
}

/** Transposes [rows, columns] to [columns, rows]. */
function transposed(values: Float64Array, rows: number): Float64Array {
  const columns = values.length / rows;
  return Float64Array.from(
    values,
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}

/** An affine map that our linear algebra solved. */
interface OurSolution {
  /** [targets, inputs] */
  readonly weights: Float64Array;
  /** [targets] */
  readonly bias: Float64Array;
  /** The seconds until the moments were there, and in total. */
  readonly seconds: { readonly moments: number; readonly total: number };
}

/**
 * Solves everything from rows to an affine map: sums, moments, solution and bias. The threads are already
 * running.
 *
 * @param ridge The ridge relative to the mean diagonal of the covariance.
 */
async function solveOurs(
  linearAlgebra: WasmLinearAlgebra,
  { inputs, targets, inputSize, targetSize, window }: Problem,
  ridge: number,
): Promise<OurSolution> {
  const start = performance.now();
  const layout = window ?? { channels: inputSize, geometry: null };
  const sums = await linearAlgebra.createSums({ ...layout, outFeatures: targetSize });
  try {
    await sums.add(inputs, targets);
    const { inputMean, targetMean, inputCovariance, crossCovariance } = await sums.take();
    const moments = performance.now() - start;
    const weights = await withRidge(linearAlgebra, inputCovariance.data, crossCovariance.data, ridge);
    const bias = targetMean.data.map((mean, row) => {
      let product = 0;
      for (let input = 0; input < inputSize; input++)
        product += weights[row * inputSize + input]! * inputMean.data[input]!;
      return mean - product;
    });
    return {
      weights,
      bias,
      seconds: { moments: moments / 1000, total: (performance.now() - start) / 1000 },
    };
  } finally {
    sums.dispose();
  }
}

/** @param matrix [size, size]; the ridge is added to it. */
async function withRidge(
  linearAlgebra: WasmLinearAlgebra,
  matrix: Float64Array,
  rightSides: Float64Array,
  ridge: number,
): Promise<Float64Array> {
  const size = Math.sqrt(matrix.length);
  let trace = 0;
  for (let index = 0; index < size; index++) trace += matrix[index * size + index]!;
  for (let index = 0; index < size; index++) matrix[index * size + index]! += (ridge * trace) / size;
  const { solution } = await linearAlgebra.solvePositive(
    matrix,
    size,
    rightSides,
    16 * size * Number.EPSILON,
  );
  return solution;
}
