import { type FuseReport, fuse } from '@fuseinit/tfjs';
import type { io } from '@tensorflow/tfjs';
import { fashionMnist, firstImages } from './fashion-mnist.js';
import { accuracyOf } from './measure.js';
import { artifactsOf, modelFrom } from './model-artifacts.js';
import { type NodeBackendName, startBackend } from './start-backend.js';
import type { StudentRecipe } from './students.js';
import { readTeacher } from './teacher.js';

/** A student, as data: from one thread to another. */
export interface MadeStudent {
  readonly artifacts: io.ModelArtifacts;
  readonly report: FuseReport;
  readonly accuracy: number;
}

export interface StudentTask {
  readonly recipe: StudentRecipe;
  readonly samples: number;
  readonly backend: NodeBackendName;
  readonly teacher: string | undefined;
}

/** Fuses one student and measures its accuracy. */
export async function makeStudent(
  { recipe, samples, backend: name, teacher: folder }: StudentTask,
  onProgress: (done: number, doing: string) => void,
): Promise<MadeStudent> {
  const { tf, backend } = await startBackend(name);
  const { images, count } = firstImages(fashionMnist('calibration'), samples);
  const teacher = await modelFrom(tf, await readTeacher(folder));
  const { student, report } = await fuse(teacher, {
    tf,
    backend,
    calibrationData: { data: images, shape: [count, 28, 28, 1] },
    ...recipe.options,
    onProgress: ({ stage, name, step, steps, samples: seen, totalSamples = count }) =>
      onProgress((step + seen / totalSamples) / steps, `${recipe.name}: ${stage} ${name}`),
  });
  const accuracy = await accuracyOf(tf, student, fashionMnist('evaluation'));
  const artifacts = await artifactsOf(tf, student);
  student.dispose();
  teacher.dispose();
  return { artifacts, report, accuracy };
}
