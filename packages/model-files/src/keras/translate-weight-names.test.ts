import { expect, test } from 'vitest';
import { translateWeightNames } from './translate-weight-names.js';

const layer = (class_name: string, name: string, config = {}) => ({
  class_name,
  name,
  config: { name, ...config },
});

const topology = {
  keras_version: '3.15.1',
  model_config: layer('Functional', 'outer', {
    layers: [
      layer('Dense', 'dense'),
      layer('Sequential', 'inner', {
        layers: [layer('DepthwiseConv2D', 'depthwise'), layer('Bidirectional', 'both')],
      }),
    ],
  }),
};

test.each([
  ['dense/kernel', 'dense/kernel'],
  ['outer/dense/kernel', 'dense/kernel'],
  ['inner/both/forward_lstm/lstm_cell/kernel', 'both/forward_lstm/lstm_cell/kernel'],
  ['outer/inner/depthwise/kernel', 'depthwise/depthwise_kernel'],
  ['depthwise/depthwise_kernel', 'depthwise/depthwise_kernel'],
  ['depthwise/bias', 'depthwise/bias'],
  // Of no layer: TensorFlow.js says so.
  ['outer/dense', 'outer/dense'],
  ['counter', 'counter'],
])('%s is %s', (name, expected) => {
  const spec = { shape: [1], dtype: 'float32' as const };
  expect(translateWeightNames(topology, [{ name, ...spec }])).toEqual([{ name: expected, ...spec }]);
});

test('what an optimizer keeps, and what TensorFlow.js named, stays', () => {
  const kept = { name: 'outer/dense/kernel', shape: [1], dtype: 'float32' as const };
  const ofOptimizer = { ...kept, group: 'optimizer' as const };
  expect(translateWeightNames(topology, [ofOptimizer])).toEqual([ofOptimizer]);
  expect(translateWeightNames({ ...topology, keras_version: 'tfjs-layers 4.22.0' }, [kept])).toEqual([kept]);
});
