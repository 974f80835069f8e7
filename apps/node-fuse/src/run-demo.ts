import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { type BackendName, startBackend } from '@fuseinit/node-backends';
import { fashionImages, readTeacher } from '@fuseinit/teacher';
import { costOf } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import { makeStudents } from './make-students.js';
import { accuracyOf, latenciesOf } from './measure.js';
import { type DemoResult, studentResult } from './result.js';
import { independent, moreStudents, students } from './students.js';

export interface DemoOptions {
  readonly backend: BackendName;
  /** Folder of another teacher; the app's own without it. */
  readonly teacher: string | undefined;
  readonly samples: number;
  readonly all: boolean;
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, doing: string) => void;
}

/** Fuses, measures and saves all students of the main job. */
export async function runDemo({
  backend,
  teacher: folder,
  samples,
  all,
  out,
  signal,
  onProgress,
}: DemoOptions): Promise<DemoResult> {
  const recipes = [...students, ...(all ? moreStudents : []), independent];
  const tasks = recipes.map((recipe) => ({ recipe, samples, backend, teacher: folder }));
  const made = await makeStudents(tasks, signal, onProgress);

  onProgress(1, 'measuring');
  const { tf } = await startBackend(backend);
  const evaluation = fashionImages('evaluation');
  const teacher = await modelFrom(tf, await readTeacher(folder));
  const accuracy = await accuracyOf(tf, teacher, evaluation);
  // As files would load: what is timed is what was saved.
  const models = await Promise.all(made.map(({ artifacts }) => modelFrom(tf, artifacts)));
  const latencies = await latenciesOf(tf, [teacher, ...models], evaluation.images.subarray(0, 784));

  await mkdir(out, { recursive: true });
  for (const [index, { artifacts }] of made.entries()) {
    await modelFiles(join(out, folderName(recipes[index]!.name))).save(artifacts);
  }
  const results = made.map((student, index) =>
    studentResult(recipes[index]!.name, student.report, {
      accuracy: student.accuracy,
      latencyMs: latencies[index + 1]!,
    }),
  );
  return {
    backend,
    calibrationImages: samples,
    evaluationImages: evaluation.count,
    teacher: { name: 'teacher', accuracy, latencyMs: latencies[0]!, ...costOf(teacher) },
    students: results.slice(0, -1),
    independent: results.at(-1)!,
  };
}

function folderName(name: string): string {
  return name.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '');
}
