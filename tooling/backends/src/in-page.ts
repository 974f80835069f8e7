import { createWebglBackend } from '@fuseinit/backend-webgl';
import type { Device } from '@fuseinit/node-fuse/start-backend';
import * as tf from '@tensorflow/tfjs';
import { type TaskName, tasks } from './tasks.js';

/** To be called before anything else: tfjs asks its flags once. */
export function renderHalfFloats(): void {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', true);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', false);
}

/** Runs a task on WebGL, in a page. */
export async function run(name: TaskName, input: unknown): Promise<unknown> {
  const task = tasks[name] as (device: Device, input: unknown) => Promise<unknown>;
  return task({ tf, backend: await createWebglBackend(tf), computesOn: '' }, input);
}

/** What draws, as WebGL says. */
export async function computesOn(): Promise<string> {
  await createWebglBackend(tf);
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2')!;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : 'unnamed';
  const chromium = /Chrom(?:e|ium)\/[\d.]+/.exec(navigator.userAgent)?.[0].replace('/', ' ') ?? 'a browser';
  const device = /SwiftShader/.test(renderer) ? 'SwiftShader' : renderer;
  return `tfjs ${tf.version.tfjs}, ${chromium}, ${device}`;
}
