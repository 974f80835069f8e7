import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { markdownTable } from '@fuseinit/markdown';
import { modelFiles } from '@fuseinit/model-files';
import { type BackendName, backendNames, createAdapter, startBackend } from '@fuseinit/node-backends';
import { fashionImages, firstImages, readTeacher } from '@fuseinit/teacher';
import { fuse } from '@fuseinit/tfjs';
import { artifactsOf, modelFrom } from '@fuseinit/tfjs/internal';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import { demoSpans } from '../fuse/fused-teachers.js';
import { inChild } from '../measuring/in-child.js';
import { type Spread, spreadOf } from '../measuring/measurements.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { timeSpread, times, whereSlower } from '../report/format.js';
import { type InferenceAnswer, type InferenceOrder, type Network, networks } from './inference-order.js';

/** The times of teacher and student on one backend with one batch size, in seconds. */
export interface InferenceRow extends Row {
  readonly backend: string;
  readonly batchSize: number;
  readonly firstRun: Readonly<Record<Network, Spread>>;
  readonly warm: Readonly<Record<Network, Spread>>;
  /** The ratio of the teacher's median to the student's. */
  readonly ratio: { readonly firstRun: number; readonly warm: number };
}

/** Makes one row from several processes, with the warm runs of all of them together. */
export function inferenceRow(
  { backend, batchSize }: Pick<InferenceOrder, 'backend' | 'batchSize'>,
  seen: readonly { readonly first: Network; readonly answer: InferenceAnswer }[],
): InferenceRow {
  const firstRunOf = (network: Network) =>
    spreadOf(seen.filter(({ first }) => first === network).map(({ answer }) => answer.firstRun));
  const warmOf = (network: Network) => spreadOf(seen.flatMap(({ answer }) => answer.warm[network]));
  const firstRun = { teacher: firstRunOf('teacher'), student: firstRunOf('student') };
  const warm = { teacher: warmOf('teacher'), student: warmOf('student') };
  return {
    key: `${backend}, batch ${batchSize}`,
    backend,
    batchSize,
    firstRun,
    warm,
    ratio: {
      firstRun: firstRun.teacher.median / firstRun.student.median,
      warm: warm.teacher.median / warm.student.median,
    },
  };
}

/** Writes the table of teacher and student. */
function inferenceSection({ rows }: Recorded<InferenceRow>): string {
  const table = markdownTable(
    [
      'backend',
      'batch',
      'teacher, first run',
      'student, first run',
      'teacher / student',
      'teacher, warm',
      'student, warm',
      'teacher / student',
    ],
    rows.map((row) => [
      row.backend,
      String(row.batchSize),
      timeSpread(row.firstRun.teacher),
      timeSpread(row.firstRun.student),
      times(row.ratio.firstRun),
      timeSpread(row.warm.teacher),
      timeSpread(row.warm.student),
      times(row.ratio.warm),
    ]),
    1,
  );
  return [
    'The FashionMNIST teacher against the student that `npm run demo` makes by two fusions, both as loaded from files: ' +
      'the time to predict one batch and read the result. A first run is the first thing that a process does on the ' +
      'backend; warm runs take turns. Medians, the fastest and the slowest in brackets.',
    table,
    whereSlower(
      'the teacher',
      rows.flatMap(({ key, ratio }) => [
        { name: `${key}, first run`, ratio: ratio.firstRun },
        { name: `${key}, warm`, ratio: ratio.warm },
      ]),
    ),
  ].join('\n\n');
}

/** Fuses the demo's teacher and saves both networks in subfolders of `folder`. */
async function makeStudentFiles(folder: string): Promise<InferenceOrder['folders']> {
  const device = await startBackend('wasm');
  const { tf } = device;
  const backend = await createAdapter(device);
  const artifacts = await readTeacher();
  const teacher = await modelFrom(tf, artifacts);
  const { images, count } = firstImages(fashionImages('calibration'), 500);
  const { student } = await fuse(teacher, {
    tf,
    backend,
    spans: demoSpans,
    calibrationData: { data: images, shape: [count, 28, 28, 1] },
  });
  const folders = { teacher: join(folder, 'teacher'), student: join(folder, 'student') };
  await modelFiles(folders.teacher).save(artifacts);
  await modelFiles(folders.student).save(await artifactsOf(tf, student));
  student.dispose();
  teacher.dispose();
  return folders;
}

const batchSizes = [1, 32];

interface Settings {
  /** The backends to measure; all available ones if undefined. */
  readonly backends: readonly BackendName[] | undefined;
  readonly processes: number;
}

/** Compares a teacher with the student that was fused from it, on each backend of Node. */
export const inferenceBenchmark = defineBenchmark<Settings, InferenceRow>({
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
  { backends, processes }: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<InferenceRow>> {
  const hasNative = nodeGpuStatus().state === 'built';
  if (!hasNative && backends?.includes('node-gpu')) {
    throw new FuseInitError('BACKEND_UNAVAILABLE', 'node-gpu is not built here: run npm run libtensorflow.');
  }
  if (!hasNative && !backends)
    onProgress('node-gpu is left out: it is not built here, npm run libtensorflow builds it');
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
  const module = fileURLToPath(new URL('./inference-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const rows: InferenceRow[] = [];
  try {
    onProgress('fusing the student');
    const folders = await makeStudentFiles(folder);
    for (const backend of backends ?? backendNames.filter((name) => hasNative || name !== 'node-gpu')) {
      for (const batchSize of batchSizes) {
        const seen: Parameters<typeof inferenceRow>[1][number][] = [];
        for (let turn = 0; turn < processes; turn++) {
          for (const first of networks) {
            onProgress(`${backend}, batch ${batchSize}, ${first} first, ${turn + 1} of ${processes}`);
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
