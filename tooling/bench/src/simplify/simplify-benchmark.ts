import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendName } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import type { Measured } from '../measuring/record.js';
import { nodeLatencies } from '../versions/version-latencies.js';
import { makeVersionFiles } from './make-version-files.js';
import type { SimplifyRow } from './simplify-row.js';
import { simplifySection } from './simplify-section.js';

const backendNames = ['wasm', 'node-gpu'] as const satisfies readonly BackendName[];

interface Asked {
  readonly backends: readonly BackendName[];
  readonly processes: number;
  readonly seconds: number;
}

/** What `simplify` makes faster of a network of Teachable Machine's structure. */
export const simplifyBenchmark = defineBenchmark<Asked, SimplifyRow>({
  name: 'simplify',
  usage: `a network of Teachable Machine's structure as given, simplified, and as a GraphModel: first run and warm, one image
    --backend NAMES  some of ${backendNames} (default wasm; node-gpu needs npm run libtensorflow)
    --repeats N      processes in which each of the three runs first (default 3)
    --seconds N      for the warm runs of one of the three, in each process (default 4)`,
  read(argv) {
    const flags = readFlags(argv, ['backend', 'repeats', 'seconds']);
    return {
      backends: choiceOf('backend', flags.backend ?? 'wasm', backendNames),
      processes: countOf('repeats', flags.repeats, 3),
      seconds: countOf('seconds', flags.seconds, 4),
    };
  },
  run,
  section: simplifySection,
});

async function run(
  { backends, processes, seconds }: Asked,
  tell: (doing: string) => void,
): Promise<Measured<SimplifyRow>> {
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
  const software: Record<string, string> = {};
  const rows: SimplifyRow[] = [];
  try {
    tell('making the network, and simplifying it');
    const { folders, ...known } = await makeVersionFiles(folder);
    for (const backend of backends) {
      tell(`${backend}: ${3 * processes} processes`);
      const { computesOn, ...latencies } = await nodeLatencies({
        backend,
        folders,
        length: null,
        seconds,
        processes,
      });
      software[backend] = computesOn;
      rows.push({ key: backend, backend, ...known, ...latencies });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { software, rows };
}
