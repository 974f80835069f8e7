import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { type BackendName, backendNames } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import { inChild } from '../measuring/in-child.js';
import type { Measured } from '../measuring/record.js';
import { type InferenceAnswer, networks } from './inference-order.js';
import { type InferenceRow, inferenceRow } from './inference-row.js';
import { inferenceSection } from './inference-section.js';
import { makeStudentFiles } from './make-student-files.js';

const batchSizes = [1, 32];

interface Asked {
  /** Undefined: all that are there. */
  readonly backends: readonly BackendName[] | undefined;
  readonly processes: number;
}

/** A teacher against the student that was fused of it, on each backend of Node. */
export const inferenceBenchmark = defineBenchmark<Asked, InferenceRow>({
  name: 'inference',
  usage: `teacher against student on backends of Node: first run and warm, batches of ${batchSizes.join(' and ')}
    --backend NAMES  some of ${backendNames} (default all that are there; node-gpu needs npm run libtensorflow)
    --repeats N      processes in which each of the two runs first (default 3)`,
  read(argv) {
    const flags = readFlags(argv, ['backend', 'repeats']);
    return {
      backends: flags.backend === undefined ? undefined : choiceOf('backend', flags.backend, backendNames),
      processes: countOf('repeats', flags.repeats, 3),
    };
  },
  run,
  section: inferenceSection,
});

async function run(
  { backends, processes }: Asked,
  tell: (doing: string) => void,
): Promise<Measured<InferenceRow>> {
  const hasNative = nodeGpuStatus().state === 'built';
  if (!hasNative && backends?.includes('node-gpu')) {
    throw new FuseInitError('BACKEND_UNAVAILABLE', 'node-gpu is not built here: run npm run libtensorflow.');
  }
  if (!hasNative && !backends)
    tell('node-gpu is left out: it is not built here, npm run libtensorflow builds it');
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
  const module = fileURLToPath(new URL('./inference-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const rows: InferenceRow[] = [];
  try {
    tell('fusing the student');
    const folders = await makeStudentFiles(folder);
    for (const backend of backends ?? backendNames.filter((name) => hasNative || name !== 'node-gpu')) {
      for (const batchSize of batchSizes) {
        const seen: Parameters<typeof inferenceRow>[1][number][] = [];
        for (let turn = 0; turn < processes; turn++) {
          for (const first of networks) {
            tell(`${backend}, batch ${batchSize}, ${first} first, ${turn + 1} of ${processes}`);
            const answer = await inChild<InferenceAnswer>(module, { backend, folders, batchSize, first });
            software[backend] = answer.computesOn;
            seen.push({ first, answer });
          }
        }
        rows.push(inferenceRow({ backend, batchSize }, seen));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { software, rows };
}
