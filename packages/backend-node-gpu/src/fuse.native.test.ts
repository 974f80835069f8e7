import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBackend } from '@fuseinit/core/testing';
import { fashionImages, firstImages, readTeacher } from '@fuseinit/teacher';
import { fuse, type LayersModel, type TensorFlow } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import { tensorsOf } from '@fuseinit/tfjs/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNodeGpuBackend } from './create-node-gpu-backend.js';
import { loadNodeGpu } from './load-node-gpu.js';
import { nodeGpuDevice } from './node-gpu-device.js';

const count = 60;

let tf: TensorFlow;
let teacher: LayersModel;
beforeAll(async () => {
  tf = await loadNodeGpu();
  teacher = await modelFrom(tf, await readTeacher());
});
afterAll(() => teacher?.dispose());

/** The first images of the real FashionMNIST that the demo solves on. */
function images(): Float32Array {
  return firstImages(fashionImages('calibration'), count).images;
}

describe('the native backend', () => {
  test('is ready, on a device that the library names', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(['cpu', 'cuda']).toContain(nodeGpuDevice(tf));
  });

  test('gives moments that pass the conformance suite', async () => {
    const backend = createNodeGpuBackend(tf);
    expect(backend.name).toBe('node-gpu');
    await checkBackend(backend, tensorsOf(tf));
  });

  test('gives the student that the cpu backend gives', { timeout: 300_000 }, async () => {
    const options = {
      tf,
      spans: [{ from: 'conv3', to: 'conv4', kernelSize: 5 }],
      calibrationData: { data: images(), shape: [count, 28, 28, 1] },
      ridge: 1e-3,
      // 60 samples don't determine the 1,568 inputs of the dense layer, so its refit isn't the same to
      // compare.
      refit: 'none',
    } as const;
    const [native, cpu] = [
      await fusedOn('tensorflow', { ...options, backend: createNodeGpuBackend(tf) }),
      await fusedOn('cpu', options),
    ];
    expect(native.weights.length).toBe(cpu.weights.length);
    // Moments of both are within 1e-6 (sums of at most 512 products in float32); solving with a ridge of 1e-3
    // makes at most a few hundred times of it in a weight, and little in what the weights were solved for.
    native.weights.forEach((weight, index) => {
      expect(relativeDifference(weight, cpu.weights[index]!)).toBeLessThan(3e-4);
    });
    expect(relativeDifference(native.output, cpu.output)).toBeLessThan(1e-5);
    expect(relativeDifference([native.heldOut], [cpu.heldOut])).toBeLessThan(1e-5);
  });

  async function fusedOn(backend: string, options: Parameters<typeof fuse>[1]) {
    await tf.setBackend(backend);
    const { student, report } = await fuse(teacher, options);
    const input = tf.tensor(images(), [count, 28, 28, 1]);
    const output = student.predict(input) as ReturnType<TensorFlow['tensor']>;
    const data = await Promise.all([...student.getWeights(), output].map((tensor) => tensor.data()));
    tf.dispose([input, output]);
    student.dispose();
    await tf.setBackend('tensorflow');
    const weights = data.slice(0, -1);
    return { weights, output: data.at(-1)!, heldOut: report.spans[0]!.heldOutRelativeMse! };
  }

  test('saves to file:// and loads from it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fuseinit-native-'));
    try {
      await teacher.save(`file://${folder}`);
      const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
      const input = tf.ones([2, 28, 28, 1]);
      const [expected, actual] = [teacher, loaded].map((model) => model.predict(input)) as ReturnType<
        TensorFlow['tensor']
      >[];
      expect(await actual!.data()).toEqual(await expected!.data());
      tf.dispose([input, expected!, actual!]);
      loaded.dispose();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The norm of the difference over the norm of the second. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let index = 0; index < b.length; index++) {
    difference += (a[index]! - b[index]!) ** 2;
    size += b[index]! ** 2;
  }
  return Math.sqrt(difference / size);
}
