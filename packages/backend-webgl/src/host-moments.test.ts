import { patchGeometry, referenceBackend } from '@fuseinit/core';
import { checkBackend, randomArray } from '@fuseinit/core/testing';
import { tensorsOf } from '@fuseinit/tfjs/testing';
import tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { createHostMoments } from './host-moments.js';

beforeAll(() => tf.setBackend('cpu'));

const backend = createHostMoments({
  name: 'host',
  read: (tensor) => tensor.data(),
  requireDevice: () => {},
});

test('what is summed on the host passes the conformance suite', async () => {
  await checkBackend(backend, tensorsOf(tf));
});

test('a sample whose patches are too many is cut between output rows', async () => {
  // 150 x 150 positions of 5 x 5 x 8 numbers: 4.5 million, where 4.2 are taken at a time.
  const geometry = patchGeometry({ inputSize: [150, 150], kernelSize: [5, 5], padding: 'same' });
  const [input, target] = [randomArray(1, [1, 150, 150, 8]), randomArray(2, [1, 150, 150, 2])];
  const { toTensor, fromTensor } = tensorsOf(tf);
  const tensors = [toTensor(input), toTensor(target)] as const;
  const held = await Promise.all(tensors.map(fromTensor));
  const moments = await backend.patchMoments(...tensors, geometry);
  const expected = referenceBackend.patchMoments(held[0]!, held[1]!, geometry);
  expect(moments.count).toBe(150 * 150);
  moments.inputCovariance.data.forEach((value, index) => {
    // Float64 sums of 22,500 numbers of size 1, in another order.
    expect(Math.abs(value - expected.inputCovariance.data[index]!)).toBeLessThan(1e-11);
  });
  tf.dispose([...tensors]);
});
