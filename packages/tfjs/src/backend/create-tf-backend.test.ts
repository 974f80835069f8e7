import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { type NdArray, patchGeometry, referenceBackend } from '@fuseinit/core';
import { afterAll, describe, expect, test } from 'vitest';
import { seededData, tf } from '../testing-support/seeded.test-support.js';
import { createTfBackend } from './create-tf-backend.js';

const require = createRequire(import.meta.url);
const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);

const layouts = {
  rows: null,
  '1-D, same, stride 2': patchGeometry({ inputSize: [9], kernelSize: [3], strides: [2], padding: 'same' }),
  '1-D, dilated': patchGeometry({ inputSize: [9], kernelSize: [3], dilationRate: [3] }),
  '2-D, same': patchGeometry({ inputSize: [6, 7], kernelSize: [3, 2], padding: 'same' }),
  '2-D, strides apart': patchGeometry({ inputSize: [7, 8], kernelSize: [4, 3], strides: [3, 2] }),
  '2-D, padded and cropped': patchGeometry({
    inputSize: [6, 6],
    kernelSize: [3, 3],
    padding: [
      [2, -1],
      [-1, 0],
    ],
  }),
  '2-D, larger than the input': patchGeometry({ inputSize: [3, 3], kernelSize: [5, 5], padding: 'same' }),
  '2-D, dilated': patchGeometry({ inputSize: [7, 7], kernelSize: [2, 3], dilationRate: [2, 3] }),
};

describe.each(['cpu', 'wasm'])('on %s', (name) => {
  afterAll(() => tf.setBackend('cpu'));

  test.each(Object.entries(layouts))('moments of %s are those of the reference', async (_title, geometry) => {
    await tf.setBackend(name);
    // A mean of 100 would take four digits of a variance, were the data not centred first.
    const input = shifted([70, ...(geometry?.inputSize ?? [12]), 3], 1, 100);
    const target = shifted([70, ...(geometry?.outputSize ?? []), 5], 2, -10);
    const tensors = [input, target].map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
    const before = tf.memory().numTensors;
    const moments = await createTfBackend(tf).patchMoments(tensors[0]!, tensors[1]!, geometry);
    expect(tf.memory().numTensors).toBe(before);
    const expected = referenceBackend.patchMoments(input, target, geometry);
    expect(moments.count).toBe(expected.count);
    // A float32 sum of 512 products of one sign, at worst: half a unit in the last place each.
    const tolerance = 512 * 2 ** -24;
    const [ofInput, ofTarget] = [expected.inputCovariance, expected.targetCovariance].map(largest);
    const scales = {
      inputCovariance: ofInput!,
      crossCovariance: Math.sqrt(ofInput! * ofTarget!),
      targetCovariance: ofTarget!,
      inputMean: largest(expected.inputMean),
      targetMean: largest(expected.targetMean),
    };
    for (const [part, scale] of Object.entries(scales) as [keyof typeof scales, number][])
      expect(largestDifference(moments[part], expected[part]), part).toBeLessThan(tolerance * scale);
    tf.dispose(tensors);
  });
});

/** Seeded numbers around a mean, as float32 holds them. */
function shifted(shape: readonly number[], seed: number, mean: number): NdArray {
  return {
    shape,
    data: Float64Array.from(seededData(shape, seed).data, (value) => Math.fround(value + mean)),
  };
}

function largest({ data }: NdArray): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function largestDifference(a: NdArray, b: NdArray): number {
  expect(a.shape).toEqual(b.shape);
  return largest({ shape: a.shape, data: a.data.map((value, index) => value - b.data[index]!) });
}
