import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinearAlgebra } from '@fuseinit/linalg';
import { interleave } from '../measuring/interleave.js';
import { type Spread, spreadOf } from '../measuring/spread.js';
import type { NumpyProcess } from './numpy-process.js';
import { type Problem, rowCount } from './problem.js';
import { readValues, writeProblem } from './problem-files.js';
import type { NumpyWay } from './problems.js';
import { relativeError } from './relative-error.js';
import { solveOurs } from './solve-ours.js';

/** Relative to the mean diagonal of the covariance, for both. */
const ridge = 1e-3;

/** Weights further from the reference than this are wrong, and no time counts for them. */
const largestError = 1e-2;

/** What was seen of one problem, seconds. */
export interface ProblemFigures {
  readonly rows: number;
  readonly inputs: number;
  readonly targets: number;
  readonly ours: Spread;
  /** Median of the part before solving. */
  readonly oursMoments: number;
  readonly numpy: Spread;
  /** Null where the loop has no such part. */
  readonly numpyMoments: number | null;
  /** What NumPy's figure is of: the faster of inv and solve, or the loop. */
  readonly numpyBy: 'inv' | 'solve' | 'loop';
  /** NumPy's median over ours. */
  readonly ratio: number;
  /** Of the weights, against float64. */
  readonly oursError: number;
  /** Null for the loops, which solve another problem. */
  readonly numpyError: number | null;
}

/**
 * Both solve a problem, turn by turn; the first turn of each counts for nothing.
 *
 * @throws Error where our weights are wrong.
 */
export async function measureProblem(
  { linearAlgebra, numpy }: { readonly linearAlgebra: LinearAlgebra; readonly numpy: NumpyProcess },
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
      { repeats },
    );
    const ours = turns[0]! as OurTurn[];
    const theirs =
      way === 'joint'
        ? jointFigures(turns[1]! as JointTurn[], (by) => relativeError(readValues(weights[by]), reference))
        : loopFigures(turns[1]! as LoopTurn[]);
    const total = spreadOf(ours.map((turn) => turn.total));
    return {
      rows: rowCount(problem),
      inputs: problem.inputSize,
      targets: problem.targetSize,
      ours: total,
      oursMoments: spreadOf(ours.map((turn) => turn.moments)).median,
      ...theirs,
      ratio: theirs.numpy.median / total.median,
      oursError: Math.max(...errors),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type OurTurn = { readonly moments: number; readonly total: number };
type JointTurn = { readonly moments: number; readonly inv: number; readonly solve: number };
type LoopTurn = { readonly seconds: number };
type Turn = OurTurn | JointTurn | LoopTurn;
type NumpyFigures = Pick<ProblemFigures, 'numpy' | 'numpyMoments' | 'numpyBy' | 'numpyError'>;

function jointFigures(turns: readonly JointTurn[], errorOf: (by: 'inv' | 'solve') => number): NumpyFigures {
  const inv = spreadOf(turns.map((turn) => turn.inv));
  const solve = spreadOf(turns.map((turn) => turn.solve));
  const numpyBy = inv.median < solve.median ? 'inv' : 'solve';
  return {
    numpy: numpyBy === 'inv' ? inv : solve,
    numpyMoments: spreadOf(turns.map((turn) => turn.moments)).median,
    numpyBy,
    numpyError: errorOf(numpyBy),
  };
}

function loopFigures(turns: readonly LoopTurn[]): NumpyFigures {
  const numpy = spreadOf(turns.map((turn) => turn.seconds));
  return { numpy, numpyMoments: null, numpyBy: 'loop', numpyError: null };
}

function requireRight(error: number): void {
  if (error <= largestError) return;
  throw new Error(
    `Our weights are off by ${error} of the float64 reference: at most ${largestError} was expected. No time counts for wrong weights.`,
  );
}

/** [rows, columns] as [columns, rows]. */
function transposed(values: Float64Array, rows: number): Float64Array {
  const columns = values.length / rows;
  return Float64Array.from(
    values,
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}
