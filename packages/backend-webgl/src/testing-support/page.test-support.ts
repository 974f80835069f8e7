import { FuseInitError, type NdArray } from '@fuseinit/core';
import { checkBackend, randomArray } from '@fuseinit/core/testing';
import type { Tensor } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';
import { createWebglBackend } from '../create-webgl-backend.js';

// What tests call by name in a page of a real browser.

const tensors = {
  toTensor: ({ data, shape }: NdArray) => tf.tensor(Float32Array.from(data), [...shape]) as Tensor,
  fromTensor: async (tensor: Tensor): Promise<NdArray> => ({
    shape: tensor.shape,
    data: Float64Array.from(await tensor.data()),
  }),
  dispose: (tensor: Tensor) => tensor.dispose(),
  liveTensors: () => tf.memory().numTensors,
};

export async function conformance(halfFloats: boolean) {
  useHalfFloats(halfFloats);
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
