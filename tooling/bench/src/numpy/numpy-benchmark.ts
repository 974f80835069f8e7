import { availableParallelism } from 'node:os';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { markdownTable } from '@fuseinit/markdown';
import { startBackend } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { percent, timeSpread, times, whereSlower } from '../report/format.js';
import { measureProblem, type ProblemFigures } from './measure-problem.js';
import { startNumpy } from './numpy-process.js';
import { problemSources } from './problems.js';

/** A problem and its results. */
export interface NumpyRow extends Row, ProblemFigures {
  readonly name: string;
  readonly data: string;
}

/** Writes the table against NumPy. */
export function numpySection({ rows: recorded }: Recorded<NumpyRow>): string {
  const rows = [...recorded].sort((a, b) => a.key.localeCompare(b.key));
  const missing = problemSources.map(({ key }) => key).filter((key) => !rows.some((row) => row.key === key));
  const table = markdownTable(
    ['row', 'what is solved', 'ours', 'NumPy by', 'NumPy', 'NumPy / ours', 'our error', 'NumPy’s error'],
    rows.flatMap((row) =>
      row.numpy.map(({ by, time, ratio, error }) => [
        row.key,
        row.name,
        timeSpread(row.ours),
        by,
        timeSpread(time),
        times(ratio),
        row.oursError.toExponential(1),
        error?.toExponential(1) ?? '-',
      ]),
    ),
    2,
  );
  return [
    'An affine map of least mean square error, from rows of inputs and targets to weights and bias (docs/math.md, ' +
      'section 1): our WebAssembly against NumPy in float32 with as many threads, the same ridge of 1e-3 of the mean ' +
      'diagonal for both. They take turns in one run; medians, the fastest and the slowest turn in brackets; the first ' +
      'turn and those of the first two seconds, in which engines compile, not counted, and garbage of earlier turns collected between them. NumPy centres, multiplies, and takes `inv(C) @ C_xz`, as the paper’s code does, or ' +
      '`solve(C, C_xz)`. Errors are those of the weights against float64, relative in the Frobenius norm; more than 1 % ' +
      'of ours ends the benchmark. Ours leaves out products with zeros, of which pixels and what follows a relu have many; ' +
      'without them a processor of wide vectors favours NumPy, which multiplies 8 or 16 float32 at a time, WebAssembly 4 ' +
      '(row 8).',
    table,
    whereSlower(
      'NumPy',
      rows.flatMap(({ key, numpy }) =>
        numpy.map(({ by, ratio }) => ({ name: `row ${key} by ${by}`, ratio })),
      ),
    ),
    ...(missing.length > 0 ? [`**Not run yet: ${missing.map((key) => `row ${key}`).join(', ')}.**`] : []),
    rows
      .map(
        (row) =>
          `- Row ${row.key}: ${row.data}; ${percent(row.zeros)} of the inputs are zero; ${row.ours.count} turns, ${momentsOf(row)}.`,
      )
      .join('\n'),
  ].join('\n\n');
}

/** Says which share of the time goes to the moments; the rest is the solution. */
function momentsOf({ ours, oursMoments, numpy }: NumpyRow): string {
  const theirs = numpy.flatMap(({ by, time, moments }) =>
    moments === null ? [] : [`, ${percent(moments / time.median)} of NumPy’s by ${by}`],
  );
  return `moments are ${percent(oursMoments / ours.median)} of our time${theirs.join('')}`;
}

interface Settings {
  readonly keys: readonly string[];
  readonly repeats: number;
  readonly threads: number;
  readonly data: string;
}

/** Compares our linear algebra with NumPy's in one run, turn by turn. */
export const numpyBenchmark = defineBenchmark<Settings, NumpyRow>({
  name: 'numpy',
  usage: `our WebAssembly linear algebra against NumPy (pip install numpy), turn by turn
    --rows 1,4     some rows of the table (default all, 1 to ${problemSources.length})
    --repeats N    that count, after one that warms up and two seconds (default 5)
    --threads N    of both (default one a core)
    --data FOLDER  its folder fashion-mnist has the four official files (default data)`,
  read(argv) {
    const flags = readFlags(argv, ['rows', 'repeats', 'threads', 'data']);
    return {
      keys: choiceOf(
        'rows',
        flags.rows,
        problemSources.map(({ key }) => key),
      ),
      repeats: countOf('repeats', flags.repeats, 5),
      threads: countOf('threads', flags.threads, availableParallelism()),
      data: flags.data ?? 'data',
    };
  },
  run,
  section: numpySection,
});

async function run(
  { keys, repeats, threads, data }: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<NumpyRow>> {
  const numpy = await startNumpy(threads);
  try {
    const linearAlgebra = await createLinearAlgebra({ threads });
    try {
      const { tf } = await startBackend('wasm');
      const rows: NumpyRow[] = [];
      for (const { key, name, data: from, way, mostTurns = repeats, make } of problemSources) {
        if (!keys.includes(key)) continue;
        onProgress(`row ${key}: ${name}`);
        const problem = await make(tf, data);
        const figures = await measureProblem(
          { linearAlgebra, numpy },
          problem,
          way,
          Math.min(repeats, mostTurns),
        );
        rows.push({ key, name, data: from, ...figures });
      }
      const { python, numpy: version, blas } = numpy.versions;
      return {
        software: {
          ours: linearAlgebra.name,
          NumPy: `${version}, ${blas}, Python ${python}`,
          threads: `${linearAlgebra.threads} for ours, ${threads} for NumPy`,
        },
        rows,
      };
    } finally {
      await linearAlgebra.close();
    }
  } finally {
    numpy.close();
  }
}
