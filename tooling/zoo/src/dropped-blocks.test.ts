import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { readNetwork } from '@fuseinit/tfjs';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { residualBlocks } from './dropped-blocks.js';

beforeAll(async () => void (await tf.setBackend('cpu')));

test('a residual block is a sum of a tensor and of what is computed from it, on whichever side it stands', () => {
  const conv = (name: string) => tf.layers.conv2d({ name, filters: 2, kernelSize: 3, padding: 'same' });
  const input = tf.input({ shape: [4, 4, 2], name: 'in' });
  const a = conv('a').apply(input) as SymbolicTensor;
  const first = tf.layers.add({ name: 'first' }).apply([a, conv('b').apply(a) as SymbolicTensor]);
  const deep = conv('d').apply(conv('c').apply(first)) as SymbolicTensor;
  const second = tf.layers.add({ name: 'second' }).apply([deep, first as SymbolicTensor]);
  const branches = ['e', 'f'].map((name) => conv(name).apply(second) as SymbolicTensor);
  const model = seedWeights(
    tf.model({ inputs: input, outputs: tf.layers.add().apply(branches) as SymbolicTensor }),
    1,
  );
  expect(residualBlocks(readNetwork(model))).toEqual([
    { sum: 'first', input: { node: 'a', output: 0 } },
    { sum: 'second', input: { node: 'first', output: 0 } },
  ]);
  model.dispose();
});
