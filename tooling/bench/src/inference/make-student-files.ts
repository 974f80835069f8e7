import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import { fashionImages, firstImages, readTeacher } from '@fuseinit/teacher';
import { fuse } from '@fuseinit/tfjs';
import { artifactsOf, modelFrom } from '@fuseinit/tfjs/internal';
import { demoSpans } from '../fuse/demo-spans.js';
import type { InferenceOrder } from './inference-order.js';

/** Fuses the demo's teacher and saves both networks in folders of this one. */
export async function makeStudentFiles(folder: string): Promise<InferenceOrder['folders']> {
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
