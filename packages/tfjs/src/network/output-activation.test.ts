import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import type { LayersModel, SymbolicTensor } from '../tensorflow.js';
import { outputActivation } from './output-activation.js';

const L = tf.layers;
type Activation = 'softmax' | 'sigmoid' | 'linear' | 'relu' | 'tanh' | 'hardSigmoid';
const dense = (activation?: Activation, units = 3) => L.dense({ units, ...(activation && { activation }) });
const sequence = (...layers: unknown[]) =>
  tf.sequential({
    layers: [L.dense({ units: 4, inputShape: [6] }), ...(layers as ReturnType<typeof dense>[])],
  });
const nested = (layer: ReturnType<typeof dense>) => {
  const input = tf.input({ shape: [4] });
  return tf.model({ inputs: input, outputs: layer.apply(input) as SymbolicTensor });
};
const ofTwo = (
  first: Activation,
  second: Activation,
  merge: { apply(inputs: SymbolicTensor[]): unknown },
) => {
  const input = tf.input({ shape: [6] });
  const inputs = [first, second].map((activation) => dense(activation).apply(input) as SymbolicTensor);
  return tf.model({ inputs: input, outputs: merge.apply(inputs) as SymbolicTensor });
};
const image = (...layers: unknown[]) =>
  tf.sequential({
    layers: [
      L.conv2d({ filters: 3, kernelSize: 1, activation: 'softmax', inputShape: [4, 4, 2] }),
      ...(layers as ReturnType<typeof dense>[]),
    ],
  });

const cases: readonly (readonly [string, () => LayersModel, string])[] = [
  ['softmax of a dense layer', () => sequence(dense('softmax')), 'softmax'],
  ['softmax as a layer', () => sequence(dense(), L.softmax()), 'softmax'],
  [
    'softmax along another axis',
    () => sequence(L.reshape({ targetShape: [2, 2] }), L.softmax({ axis: 1 })),
    'other',
  ],
  [
    'softmax as an activation layer',
    () => sequence(dense(), L.activation({ activation: 'softmax' })),
    'softmax',
  ],
  ['softmax in a nested model', () => sequence(nested(dense('softmax'))), 'softmax'],
  ['softmax twice nested', () => sequence(nested(nested(dense('softmax')) as never)), 'softmax'],
  ['dropout after it', () => sequence(dense('softmax'), L.dropout({ rate: 0.5 })), 'softmax'],
  [
    'noise and a linear activation after it',
    () => sequence(dense('softmax'), L.gaussianNoise({ stddev: 1 }), L.activation({ activation: 'linear' })),
    'softmax',
  ],
  [
    'a reshape that keeps classes',
    () => sequence(L.reshape({ targetShape: [1, 4] }), dense('softmax'), L.flatten()),
    'softmax',
  ],
  [
    'a reshape that mixes classes',
    () => sequence(L.reshape({ targetShape: [2, 2] }), dense('softmax'), L.flatten()),
    'other',
  ],
  [
    'the mean over positions',
    () => image(L.globalAveragePooling2d({ dataFormat: 'channelsLast' })),
    'softmax',
  ],
  ['the largest over positions', () => image(L.globalMaxPooling2d({})), 'other'],
  [
    'softmax at each step',
    () => sequence(L.reshape({ targetShape: [2, 2] }), L.timeDistributed({ layer: dense('softmax') })),
    'softmax',
  ],
  ['a mean of two softmaxes', () => ofTwo('softmax', 'softmax', L.average()), 'softmax'],
  ['a sum of two softmaxes', () => ofTwo('softmax', 'softmax', L.add()), 'other'],
  ['two softmaxes beside each other', () => ofTwo('softmax', 'softmax', L.concatenate()), 'other'],
  ['the mean of a softmax and a sigmoid', () => ofTwo('softmax', 'sigmoid', L.average()), 'other'],
  [
    'a logarithm of softmax',
    () => sequence(dense(), L.activation({ activation: 'logSoftmax' as never })),
    'logSoftmax',
  ],
  ['sigmoid', () => sequence(dense('sigmoid')), 'sigmoid'],
  ['sigmoid of one number', () => sequence(dense('sigmoid', 1), L.dropout({ rate: 0.1 })), 'sigmoid'],
  ['sigmoids beside each other', () => ofTwo('sigmoid', 'sigmoid', L.concatenate()), 'sigmoid'],
  ['linear', () => sequence(dense()), 'linear'],
  ['batch normalisation', () => sequence(dense('relu'), L.batchNormalization()), 'linear'],
  ['the sum of linear layers', () => ofTwo('linear', 'linear', L.add()), 'linear'],
  ['relu', () => sequence(dense('relu')), 'other'],
  ['softmax on another scale', () => sequence(dense('softmax'), L.rescaling({ scale: 2 })), 'other'],
  ['a normalised sigmoid', () => sequence(dense('sigmoid'), L.batchNormalization()), 'other'],
  ['a recurrent layer', () => sequence(L.reshape({ targetShape: [2, 2] }), L.lstm({ units: 3 })), 'other'],
];

test.each(cases)('%s', (_name, make, expected) => {
  const model = make();
  expect(outputActivation(model)).toBe(expected);
  model.dispose();
});
