import '../testing-support/wasm.test-support.js';
import { afterEach, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import { disposeModel } from '../student/dispose-model.js';
import { seededData, seedWeights, tf } from '../testing-support/seeded.test-support.js';

afterEach(() => tf.setBackend('cpu'));

const fuseWith = async (backend: string, sharedAxes: number[]) => {
  await tf.setBackend(backend);
  const model = tf.sequential({
    layers: [
      tf.layers.conv1d({ name: 'conv1', filters: 2, kernelSize: 2, inputShape: [6, 2] }),
      tf.layers.prelu({ name: 'prelu', sharedAxes }),
      tf.layers.conv1d({ name: 'conv2', filters: 2, kernelSize: 2 }),
    ],
  });
  seedWeights(model, 1);
  try {
    const { student } = await fuse(model, {
      tf,
      spans: [{ from: 'conv1', to: 'conv2' }],
      calibrationData: seededData([40, 6, 2], 2),
    });
    disposeModel(student);
    return 'fused';
  } catch (error) {
    return (error as { code: string; message: string }).message;
  } finally {
    disposeModel(model);
  }
};

test('an alpha shared along the last axis is refused on wasm, which computes it wrongly', async () => {
  expect(await fuseWith('wasm', [2])).toMatch(/wasm backend .* PReLU "prelu" wrongly.*repairPrelu/);
});

test.each([
  ['cpu', [2]],
  ['wasm', [1]],
  ['wasm', [1, 2]],
  ['wasm', []],
])('on %s, shared along %j, it is not', async (backend, sharedAxes) => {
  expect(await fuseWith(backend, sharedAxes)).toBe('fused');
});
