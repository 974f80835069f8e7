import { createWebglBackend } from '@fuseinit/backend-webgl';
import { browserAndRenderer } from '@fuseinit/chromium/page';
import * as tf from '@tensorflow/tfjs';
import type { TaskDevice } from './main-job.js';
import { type TaskName, tasks } from './tasks.js';

/** This must be called before anything else, since tfjs reads its flags once. */
export function renderHalfFloats(): void {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', true);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', false);
}

/** Runs a task on WebGL in a page. */
export async function run(name: TaskName, input: unknown): Promise<unknown> {
  const task = tasks[name] as (device: TaskDevice, input: unknown) => Promise<unknown>;
  return task({ tf, backend: await createWebglBackend(tf) }, input);
}

/** Describes TensorFlow.js's version, the browser and its renderer. */
export async function computesOn(): Promise<string> {
  await createWebglBackend(tf);
  return `tfjs ${tf.version.tfjs}, ${browserAndRenderer()}`;
}
