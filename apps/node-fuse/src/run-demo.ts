import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costOf, type Fused, fuse, type LayersModel, type TensorFlow } from '@fuseinit/tfjs';
import { fashionMnist, firstImages } from './fashion-mnist.js';
import { accuracyOf, latenciesOf } from './measure.js';
import { loadModel, saveModel } from './model-files.js';
import { type DemoResult, studentResult } from './result.js';
import { independent, moreStudents, type StudentRecipe, students } from './students.js';

export interface DemoOptions {
  readonly samples: number;
  readonly all: boolean;
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, doing: string) => void;
}

/** Fuses, measures and saves all students of the main job. */
export async function runDemo(tf: TensorFlow, options: DemoOptions): Promise<DemoResult> {
  const { samples, all, out, signal, onProgress } = options;
  const calibration = firstImages(fashionMnist('calibration'), samples);
  const evaluation = fashionMnist('evaluation');
  const teacher = await loadModel(tf, fileURLToPath(new URL('../teacher', import.meta.url)));
  const recipes = [...students, ...(all ? moreStudents : []), independent];

  onProgress(0, 'measuring the teacher');
  const teacherAccuracy = await accuracyOf(tf, teacher, evaluation);
  const made: (Fused & { accuracy: number })[] = [];
  for (const [index, { name, options: recipe }] of recipes.entries()) {
    const fused = await fuse(teacher, {
      tf,
      calibrationData: { data: calibration.images, shape: [calibration.count, 28, 28, 1] },
      ...recipe,
      signal,
      onProgress: ({ stage, name: layer, step, steps, samples: seen, totalSamples = 1 }) =>
        onProgress((index + (step + seen / totalSamples) / steps) / recipes.length, `${name}: ${stage} ${layer}`),
    });
    made.push({ ...fused, accuracy: await accuracyOf(tf, fused.student, evaluation) });
  }
  const models = [teacher, ...made.map(({ student }) => student)];
  const [teacherLatency, ...latencies] = await latenciesOf(tf, models, evaluation.images.subarray(0, 784));
  await saveAll(tf, recipes, models.slice(1), out);

  const results = made.map(({ report, accuracy }, index) =>
    studentResult(recipes[index]!.name, report, { accuracy, latencyMs: latencies[index]! }),
  );
  return {
    backend: tf.getBackend(),
    calibrationImages: calibration.count,
    evaluationImages: evaluation.count,
    teacher: { name: 'teacher', accuracy: teacherAccuracy, latencyMs: teacherLatency!, ...costOf(teacher) },
    students: results.slice(0, -1),
    independent: results.at(-1)!,
  };
}

async function saveAll(
  tf: TensorFlow,
  recipes: readonly StudentRecipe[],
  models: readonly LayersModel[],
  out: string,
): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const [index, model] of models.entries()) {
    const folder = recipes[index]!.name.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '');
    await saveModel(tf, model, join(out, folder));
  }
}
