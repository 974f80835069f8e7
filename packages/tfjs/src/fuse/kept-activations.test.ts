import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readNetwork } from '../network/read-network.js';
import { runNetwork, type Tap } from '../network/run-network.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel, SymbolicTensor, Tensor } from '../tensorflow.js';
import { createKeptActivations } from './kept-activations.js';

let teacher: LayersModel;
let tensorsBefore: number;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  teacher = residualNetwork();
});
afterEach(() => {
  disposeModel(teacher);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

/** Two residual blocks, the second of which is around a layer that is called twice. */
function residualNetwork(): LayersModel {
  const conv = (name: string) =>
    tf.layers.conv2d({ name, filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' });
  const apply = (name: string, tensor: SymbolicTensor) => conv(name).apply(tensor) as SymbolicTensor;
  const add = (name: string, ...tensors: SymbolicTensor[]) =>
    tf.layers.add({ name }).apply(tensors) as SymbolicTensor;
  const image = tf.input({ shape: [6, 6, 2] });
  const stem = apply('stem', image);
  const first = add('sum', stem, apply('b', apply('a', stem)));
  const twice = conv('twice');
  const second = add('total', first, twice.apply(twice.apply(first) as SymbolicTensor) as SymbolicTensor);
  const out = tf.layers
    .dense({ name: 'out', units: 2 })
    .apply(tf.layers.flatten({ name: 'flat' }).apply(second));
  return seedWeights(tf.model({ inputs: image, outputs: out as SymbolicTensor }), 5) as LayersModel;
}

const batches = [seededData([4, 6, 6, 2], 1), seededData([3, 6, 6, 2], 2)];
const samples = 7;
const inputsOf = (at: number) => [tf.tensor(batches[at]!.data, [...batches[at]!.shape])];
const numbersOf = (tensors: readonly Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));

/** The taps of passes, in the order in which layers would be solved. */
const passes: readonly (readonly Tap[])[] = [
  ['stem', 'b'],
  ['sum', 'twice'],
  ['twice', 'twice:1'],
  ['flat', 'out'],
].map(([read, target]) => [
  { node: read!, output: 0 },
  { node: target!, output: 0, beforeActivation: true },
]);

test.each([
  ['kept', 2 ** 20],
  ['kept where they take little memory', samples * 4 * 250],
  ['not kept', 0],
])('passes return what the network computes from its inputs, with activations %s', (_, mostBytes) => {
  const network = readNetwork(teacher);
  const activations = createKeptActivations(tf, mostBytes);
  for (const [index, taps] of passes.entries()) {
    const run = activations.pass(network, taps, samples, index === passes.length - 1);
    for (const at of batches.keys()) {
      // A pass may end before the last batch.
      if (index === 1 && at === 1) continue;
      const inputs = inputsOf(at);
      const tensors = run(`${at}`, inputs, undefined);
      const expected = tf.tidy(() => numbersOf(runNetwork(network, inputs, taps)));
      expect(numbersOf(tensors)).toEqual(expected);
      tf.dispose([...inputs, ...tensors]);
    }
  }
  activations.dispose();
});
