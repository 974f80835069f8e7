import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { fashionMnist, firstImages } from '@fuseinit/node-fuse/fashion-mnist';
import { artifactsOf, modelFrom } from '@fuseinit/node-fuse/model-artifacts';
import { startBackend } from '@fuseinit/node-fuse/start-backend';
import { readTeacher } from '@fuseinit/node-fuse/teacher';
import { fuse } from '@fuseinit/tfjs';
import { demoSpans } from '../fuse/demo-spans.js';
import type { InferenceOrder } from './inference-order.js';

/** Fuses the demo's teacher and saves both networks in folders of this one. */
export async function makeStudentFiles(folder: string): Promise<InferenceOrder['folders']> {
  const { tf, backend } = await startBackend('wasm');
  const artifacts = await readTeacher();
  const teacher = await modelFrom(tf, artifacts);
  const { images, count } = firstImages(fashionMnist('calibration'), 500);
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
