import { type BackendName, createAdapter, startBackend } from '@fuseinit/node-backends';
import { fashionImages, firstImages, readTeacher } from '@fuseinit/teacher';
import { type FuseReport, fuse } from '@fuseinit/tfjs';
import { artifactsOf, modelFrom } from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';
import { accuracyOf } from './measure.js';
import type { StudentRecipe } from './students.js';

/** A student, as data: from one thread to another. */
export interface MadeStudent {
  readonly artifacts: io.ModelArtifacts;
  readonly report: FuseReport;
  readonly accuracy: number;
}

export interface StudentTask {
  readonly recipe: StudentRecipe;
  readonly samples: number;
  readonly backend: BackendName;
  readonly teacher: string | undefined;
}

/** Fuses one student and measures its accuracy. */
export async function makeStudent(
  { recipe, samples, backend: name, teacher: folder }: StudentTask,
  onProgress: (done: number, doing: string) => void,
): Promise<MadeStudent> {
  const device = await startBackend(name);
  const { tf } = device;
  const backend = await createAdapter(device);
  const { images, count } = firstImages(fashionImages('calibration'), samples);
  const teacher = await modelFrom(tf, await readTeacher(folder));
  const { student, report } = await fuse(teacher, {
    tf,
    backend,
    calibrationData: { data: images, shape: [count, 28, 28, 1] },
    ...recipe.options,
    onProgress: ({ stage, name, step, steps, samples: seen, totalSamples = count }) =>
      onProgress((step + seen / totalSamples) / steps, `${recipe.name}: ${stage} ${name}`),
  });
  const accuracy = await accuracyOf(tf, student, fashionImages('evaluation'));
  const artifacts = await artifactsOf(tf, student);
  student.dispose();
  teacher.dispose();
  return { artifacts, report, accuracy };
}
