import '@fuseinit/test-inputs/start-wasm';
import {
  type BackendAdapter,
  type Moments,
  momentsOfRows,
  patchGeometry,
  referenceBackend,
  sizeOf,
} from '@fuseinit/core';
import { checkBackend, randomArray } from '@fuseinit/core/testing';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, describe, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import type { Tensor } from '../tensorflow.js';
import { tensorsOf } from '../testing/tensors-of.js';
import { createDeviceBackend } from './create-device-backend.js';

describe.each(['cpu', 'wasm'])('on %s', (name) => {
  afterAll(() => tf.setBackend('cpu'));

  test('moments pass the conformance suite', async () => {
    await tf.setBackend(name);
    await checkBackend(createDeviceBackend(tf, { name, maxTensorSize: 2 ** 24 }), tensorsOf(tf));
  });

  test('columns far from zero keep their digits, and constant ones don’t vary', async () => {
    await tf.setBackend(name);
    const rows = 100_000;
    const noise = randomArray(1, [rows, 4]).data;
    const columns = [
      (random: number) => 1e4 + random,
      (random: number) => 1e6 + random,
      () => 1e6 + 0.3,
      // The first rows are outliers.
      (random: number, row: number) => (row < 20 ? 0 : 1e6 + random),
    ];
    const data = Float32Array.from(noise, (random, at) => columns[at % 4]!(random, Math.floor(at / 4)));
    const input = { shape: [rows, 4], data: Float64Array.from(data) };
    const { toTensor } = tensorsOf(tf);
    const tensors = [toTensor(input), toTensor(input)] as const;
    const backend = createDeviceBackend(tf, { name, maxTensorSize: 2 ** 24 });
    const moments = await backend.patchMoments(...tensors, null);
    const expected = momentsOfRows(input, input);
    const variances = [0, 1, 2, 3].map((column) => expected.inputCovariance.data[column * 5]!);
    for (const part of ['inputCovariance', 'crossCovariance', 'targetCovariance'] as const) {
      for (const [at, value] of moments[part].data.entries()) {
        const [row, column] = [Math.floor(at / 4), at % 4];
        if (row === 2 || column === 2) expect(value).toBe(0);
        // The tolerance is for float32 sums over at most 512 rows, and over 200 such sums.
        const scale = Math.sqrt(variances[row]! * variances[column]!);
        expect(Math.abs(value - expected[part].data[at]!), `${part} ${at}`).toBeLessThanOrEqual(5e-6 * scale);
      }
    }
    tf.dispose([...tensors]);
  });

  test('and with room for one output row of one sample at a time', async () => {
    await tf.setBackend(name);
    // The widest case has output rows of 5 positions with 75 + 5 + 1 numbers each. Its products and means are
    // 82 by 81.
    const small = createDeviceBackend(tf, { name, maxTensorSize: 82 * 81 });
    await checkBackend(small, tensorsOf(tf));
  });

  test('no tensor is larger than it may be', async () => {
    await tf.setBackend(name);
    const geometry = patchGeometry({
      inputSize: [30, 7],
      kernelSize: [3, 4],
      strides: [2, 1],
      padding: 'same',
    });
    const [input, target] = [randomArray(1, [9, 30, 7, 2]), randomArray(2, [9, 15, 7, 3])];
    for (const maxTensorSize of [29 * 28, 2000, 512 * 28, 40_000, 2 ** 24]) {
      const backend = createDeviceBackend(tf, { name, maxTensorSize });
      const { toTensor } = tensorsOf(tf);
      const tensors = [toTensor(input), toTensor(target)] as const;
      let moments: Moments | undefined;
      const { kernels } = await tf.profile(async () => {
        moments = await backend.patchMoments(...tensors, geometry);
        return tensors[0];
      });
      tf.dispose([...tensors]);
      // The batch itself may be larger, since the caller created it.
      const sizes = kernels
        .filter((kernel) => kernel.name !== 'Reshape')
        .flatMap(({ outputShapes }) => outputShapes.map(sizeOf));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(maxTensorSize, sizeOf(input.shape)));
      expect(moments!.count).toBe(9 * 15 * 7);
    }
  });
});

test('integers don’t make integers of what stands beside them', async () => {
  const [pixels, targets] = [
    tf.tensor2d(
      [
        [1, 2],
        [3, 5],
        [8, 9],
      ],
      [3, 2],
      'int32',
    ),
    tf.tensor2d([0.25, 0.5, 0.5], [3, 1]),
  ];
  const backend = createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 });
  const { targetMean } = await backend.patchMoments(pixels, targets, null);
  expect(targetMean.data[0]).toBeCloseTo(1.25 / 3, 6);
  tf.dispose([pixels, targets]);
});

test('moments too large for the device are refused with both sizes', async () => {
  const small = createDeviceBackend(tf, { name: 'small', maxTensorSize: 100 });
  const tensors = [tf.ones([4, 10]), tf.ones([4, 2])] as const;
  const before = tf.memory().numTensors;
  await expect(small.patchMoments(...tensors, null)).rejects.toThrow(/small holds 100 .* 182 are needed/);
  await expect(small.patchMoments(...tensors, null)).rejects.toMatchObject({ code: 'TENSOR_TOO_LARGE' });
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([...tensors]);
});

test('a device that goes away between two chunks leaves nothing behind', async () => {
  const geometry = patchGeometry({ inputSize: [4, 4], kernelSize: [2, 2] });
  const [input, target] = [randomArray(1, [6, 4, 4, 1]), randomArray(2, [6, 3, 3, 2])];
  let downloads = 0;
  const backend = createDeviceBackend(tf, {
    name: 'lost',
    maxTensorSize: 3 * 7 * 9,
    async read(tensor) {
      downloads++;
      if (downloads === 2) throw new Error('gone');
      return tensor.data();
    },
  });
  const { toTensor } = tensorsOf(tf);
  const tensors = [toTensor(input), toTensor(target)] as const;
  const before = tf.memory().numTensors;
  await expect(backend.patchMoments(...tensors, geometry)).rejects.toThrow('gone');
  expect(tf.memory().numTensors).toBe(before);
  const moments = await backend.patchMoments(...tensors, geometry);
  expect(moments.count).toBe(referenceBackend.patchMoments(input, target, geometry).count);
  tf.dispose([...tensors]);
});

test('an adapter may be the instance of a class, its methods unbound', async () => {
  class Counting implements BackendAdapter<Tensor> {
    readonly specVersion = 1;
    readonly name = 'counting';
    readonly floatPrecision = 32;
    readonly maxTensorSize = 2 ** 24;
    reads = 0;
    private readonly inner = createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 });
    patchMoments(...batch: Parameters<BackendAdapter<Tensor>['patchMoments']>) {
      return this.inner.patchMoments(...batch);
    }
    read(tensor: Tensor) {
      this.reads++;
      return this.inner.read(tensor);
    }
  }
  const backend = new Counting();
  const teacher = tf.sequential({
    layers: ['a', 'b'].map((name) => tf.layers.dense({ name, units: 3, inputShape: [3] })),
  });
  const { data, shape } = randomArray(1, [20, 3]);
  const { student } = await fuse(teacher, {
    tf,
    backend,
    spans: [{ from: 'a', to: 'b' }],
    calibrationData: { data, shape },
  });
  expect(backend.reads).toBeGreaterThan(0);
  for (const model of [teacher, student]) model.dispose();
});
