import '@fuseinit/test-inputs/start-wasm';
import { type BackendAdapter, FuseInitError, type MomentSums } from '@fuseinit/core';
import { checkBackend, randomArray } from '@fuseinit/core/testing';
import { createLinearAlgebra, type WasmLinearAlgebra } from '@fuseinit/linalg';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tensor } from '../tensorflow.js';
import { tensorsOf } from '../testing/tensors-of.js';
import { createDeviceBackend } from './create-device-backend.js';
import { createLinalgBackend } from './create-linalg-backend.js';
import { createMeasuredBackend } from './create-measured-backend.js';

const layout = { channels: 3, outFeatures: 2, geometry: null };
const device = () => createDeviceBackend(tf, { name: 'device', maxTensorSize: 2 ** 24 });

let linalg: WasmLinearAlgebra;
beforeAll(async () => {
  await tf.setBackend('wasm');
  linalg = await createLinearAlgebra({ threads: 1 });
});
afterAll(async () => {
  await linalg.close();
  await tf.setBackend('cpu');
});

/** Counts the batches that an adapter multiplies, each of which takes so long. */
function counting(backend: BackendAdapter<Tensor>, milliseconds: number) {
  const counted = { batches: 0 };
  const pause = () => {
    counted.batches++;
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  };
  const { createSums } = backend;
  const adapter: BackendAdapter<Tensor> = {
    ...backend,
    async patchMoments(...batch) {
      await pause();
      return backend.patchMoments(...batch);
    },
    ...(createSums && {
      async createSums(asked) {
        const sums = await createSums(asked);
        return {
          ...sums,
          async add(...batch) {
            await pause();
            return sums.add(...batch);
          },
        };
      },
    }),
  };
  return { adapter, counted };
}

/** Adds batches of different samples, and gives all of them for the reference. */
async function addBatches(sums: MomentSums<Tensor>, count: number): Promise<Tensor[]> {
  const all: Tensor[][] = [[], []];
  for (let batch = 0; batch < count; batch++) {
    const tensors = [3, 2].map((width, side) =>
      tensorsOf(tf).toTensor(randomArray(10 * batch + side, [5 + batch, width])),
    );
    expect(await sums.add(tensors[0]!, tensors[1]!)).toBeUndefined();
    tensors.forEach((tensor, side) => {
      all[side]!.push(tensor);
    });
  }
  return all.map((tensors) => {
    const joined = tf.concat(tensors);
    tf.dispose(tensors);
    return joined;
  });
}

test('moments and sums pass the conformance suite', async () => {
  await checkBackend(createMeasuredBackend(device(), createLinalgBackend(linalg)), tensorsOf(tf));
});

test.each([
  ['device', 300, 0],
  ['linear algebra', 0, 300],
])(
  'the %s is left after a batch where it is much slower, and what it summed counts',
  async (_, ofDevice, ofHost) => {
    const slow = counting(device(), ofDevice);
    const other = counting(createLinalgBackend(linalg), ofHost);
    const backend = createMeasuredBackend(slow.adapter, other.adapter);
    const sums = await backend.createSums!(layout);
    const tensors = await addBatches(sums, 10);
    expect([slow.counted.batches, other.counted.batches]).toEqual(ofDevice ? [1, 9] : [9, 1]);
    const moments = await sums.take();
    const expected = await device().patchMoments(tensors[0]!, tensors[1]!, null);
    expect(moments.count).toBe(expected.count);
    // Of the deviations, which are about 1: sums of so few products in float32.
    for (const part of ['inputMean', 'inputCovariance', 'crossCovariance', 'targetCovariance'] as const) {
      moments[part].data.forEach((value, index) => {
        expect(Math.abs(value - expected[part].data[index]!)).toBeLessThan(1e-5);
      });
    }
    sums.dispose();
    tf.dispose(tensors);
  },
);

test('what is too large for the device goes to the other, at once', async () => {
  const small = counting(createDeviceBackend(tf, { name: 'small', maxTensorSize: 10 }), 0);
  const other = counting(createLinalgBackend(linalg), 0);
  const sums = await createMeasuredBackend(small.adapter, other.adapter).createSums!(layout);
  tf.dispose(await addBatches(sums, 4));
  expect([small.counted.batches, other.counted.batches]).toEqual([1, 4]);
  expect((await sums.take()).count).toBe(5 + 6 + 7 + 8);
  sums.dispose();
});

test('a device that is lost is not taken for one that is too small', async () => {
  const lost: BackendAdapter<Tensor> = {
    ...device(),
    async patchMoments() {
      throw new FuseInitError('DEVICE_LOST', 'gone');
    },
  };
  const sums = await createMeasuredBackend(lost, createLinalgBackend(linalg)).createSums!(layout);
  await expect(addBatches(sums, 1)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  sums.dispose();
});

test('NaN is told of by whichever multiplied it', async () => {
  const backend = createMeasuredBackend(device(), createLinalgBackend(linalg));
  const [sound, spoilt, target] = [tf.ones([4, 3]), tf.fill([4, 3], Number.NaN), tf.ones([4, 2])];
  for (const before of [0, 1]) {
    const sums = await backend.createSums!({ ...layout });
    for (let batch = 0; batch < before; batch++) await sums.add(sound, target);
    expect(await sums.add(spoilt, target)).toBe('input');
    sums.dispose();
  }
  tf.dispose([sound, spoilt, target]);
});
