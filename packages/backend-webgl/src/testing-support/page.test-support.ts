import { FuseInitError } from '@fuseinit/core';
import { checkBackend, randomArray } from '@fuseinit/core/testing';
import { createCheckpoint, type FuseOptions, fuse, type LayersModel } from '@fuseinit/tfjs';
import { tensorsOf } from '@fuseinit/tfjs/testing';
import * as tf from '@tensorflow/tfjs';
import { createWebglBackend } from '../create-webgl-backend.js';

// What tests call by name in a page of a real browser.

const tensors = tensorsOf(tf);

export async function conformance(halfFloats: boolean, maxTextureSize?: number) {
  useHalfFloats(halfFloats);
  if (maxTextureSize) tf.env().set('WEBGL_MAX_TEXTURE_SIZE', maxTextureSize);
  const backend = await createWebglBackend(tf);
  const checks = await checkBackend(backend, tensors);
  return {
    said: tf.backend().floatPrecision(),
    name: backend.name,
    floatPrecision: backend.floatPrecision,
    checks,
  };
}

export async function refuseHalfFloats() {
  useHalfFloats(true);
  return codeAndMessage(() => createWebglBackend(tf, { whenImprecise: 'refuse' }));
}

export async function start() {
  return codeAndMessage(() => createWebglBackend(tf));
}

/** tfjs asks these flags once, when its backend starts. */
function useHalfFloats(halfFloats: boolean): void {
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', !halfFloats);
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', halfFloats);
}

/** What a page holds on the GPU before and after many batches, the first few aside. */
export async function leaks(batches: number) {
  const backend = await createWebglBackend(tf);
  const [input, target] = [
    tensors.toTensor(randomArray(1, [16, 12])),
    tensors.toTensor(randomArray(2, [16, 3])),
  ];
  const run = async (times: number) => {
    for (let batch = 0; batch < times; batch++) await backend.patchMoments(input, target, null);
  };
  await run(10);
  const before = held();
  await run(batches);
  return { before, after: held() };
}

function held() {
  const webgl = tf.backend() as unknown as { getTextureManager(): { getNumUsedTextures(): number } };
  const { numTensors, numDataBuffers, ...memory } = tf.memory();
  return {
    numTensors,
    numDataBuffers,
    numBytesInGPU: (memory as unknown as { numBytesInGPU: number }).numBytesInGPU,
    textures: webgl.getTextureManager().getNumUsedTextures(),
  };
}

/**
 * Loses the context in the middle of a fusion, starts anew, and goes on; beside it the same fusion
 * undisturbed.
 */
export async function loseContext() {
  const checkpoint = createCheckpoint();
  const seen: number[] = [];
  const run = async (onProgress: FuseOptions['onProgress']) => {
    const backend = await createWebglBackend(tf);
    const { student } = await fuse(teacher(), {
      tf,
      backend,
      checkpoint,
      spans: [{ from: 'conv1', to: 'conv2' }],
      calibrationData: images,
      batchSize: 16,
      ...(onProgress && { onProgress }),
    });
    return weightsOf(student);
  };
  const lost = await codeAndMessage(() =>
    run(({ samples }) => {
      if (samples < 48) return;
      const webgl = tf.backend() as unknown as { getGPGPUContext(): { gl: WebGL2RenderingContext } };
      webgl.getGPGPUContext().gl.getExtension('WEBGL_lose_context')!.loseContext();
    }),
  );
  const resumed = await run(({ stage, samples }) => {
    if (stage === 'fuse') seen.push(samples);
  });
  return { lost, resumed, seen };
}

export async function fuseUndisturbed() {
  const { student } = await fuse(teacher(), {
    tf,
    backend: await createWebglBackend(tf),
    spans: [{ from: 'conv1', to: 'conv2' }],
    calibrationData: images,
    batchSize: 16,
  });
  return weightsOf(student);
}

const images = randomArray(1, [96, 8, 8, 2]);

/** Made anew each time, with the same weights: what was on a lost GPU is gone. */
function teacher() {
  const conv = (name: string, filters: number, seed: number, more: object) => {
    const kernel = randomArray(seed, [3, 3, 2, filters]);
    return { name, layer: tf.layers.conv2d({ name, filters, kernelSize: 3, ...more }), kernel };
  };
  const convs = [
    conv('conv1', 2, 3, { inputShape: [8, 8, 2], activation: 'relu' }),
    conv('conv2', 3, 4, { activation: 'relu' }),
  ];
  const model = tf.sequential({ layers: convs.map(({ layer }) => layer) });
  for (const { layer, kernel } of convs)
    layer.setWeights([tensors.toTensor(kernel), tf.zeros([kernel.shape[3]!])]);
  return model;
}

async function weightsOf(model: LayersModel) {
  return Promise.all(model.getWeights().map(async (weight) => Array.from(await weight.data())));
}

async function codeAndMessage(run: () => Promise<unknown>) {
  try {
    await run();
    return { code: 'none', message: '' };
  } catch (error) {
    return {
      code: FuseInitError.isInstance(error) ? error.code : 'other',
      message: (error as Error).message,
    };
  }
}
