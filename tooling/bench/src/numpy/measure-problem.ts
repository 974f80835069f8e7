import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WasmLinearAlgebra } from '@fuseinit/linalg';
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
  /** Share of the inputs that are zero. */
  readonly zeros: number;
  readonly ours: Spread;
  /** Median of the part before solving. */
  readonly oursMoments: number;
  /** Of the weights, against float64. */
  readonly oursError: number;
  readonly numpy: readonly NumpyFigures[];
}

/** What was seen of one way to do it in NumPy, seconds. */
interface NumpyFigures {
  /**
   * By the inverse, as the paper's code and the textbook have it; by its solver; or by a loop over channels.
   */
  readonly by: 'inv' | 'solve' | 'loop';
  readonly time: Spread;
  /** Median of the part before solving; null where the loop has no such part. */
  readonly moments: number | null;
  /** Its median over ours. */
  readonly ratio: number;
  /** Of the weights, against float64; null for the loops, which solve another problem. */
  readonly error: number | null;
}

/**
 * Both solve a problem, turn by turn; the first turn of each counts for nothing, nor do those of the first
 * two seconds.
 *
 * @throws Error where our weights are wrong.
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

/** [rows, columns] as [columns, rows]. */
function transposed(values: Float64Array, rows: number): Float64Array {
  const columns = values.length / rows;
  return Float64Array.from(
    values,
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}
