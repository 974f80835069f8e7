import { availableParallelism } from 'node:os';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { startBackend } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import type { Measured } from '../measuring/record.js';
import { measureProblem } from './measure-problem.js';
import { startNumpy } from './numpy-process.js';
import type { NumpyRow } from './numpy-row.js';
import { numpySection } from './numpy-section.js';
import { problemSources } from './problems.js';

interface Asked {
  readonly keys: readonly string[];
  readonly repeats: number;
  readonly threads: number;
  readonly data: string;
}

/** Our linear algebra against NumPy's, in one run and turn by turn. */
export const numpyBenchmark = defineBenchmark<Asked, NumpyRow>({
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
  { keys, repeats, threads, data }: Asked,
  tell: (doing: string) => void,
): Promise<Measured<NumpyRow>> {
  const numpy = await startNumpy(threads);
  try {
    const linearAlgebra = await createLinearAlgebra({ threads });
    try {
      const { tf } = await startBackend('wasm');
      const rows: NumpyRow[] = [];
      for (const { key, name, data: from, way, mostTurns = repeats, make } of problemSources) {
        if (!keys.includes(key)) continue;
        tell(`row ${key}: ${name}`);
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
