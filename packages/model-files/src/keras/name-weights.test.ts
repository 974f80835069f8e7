import { expect, test } from 'vitest';
import { nameWeights } from './name-weights.js';

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
  expect(nameWeights(topology, topology, [{ name, ...spec }]).weightSpecs).toEqual([
    { name: expected, ...spec },
  ]);
});

test('what an optimizer keeps, and what TensorFlow.js named, stays', () => {
  const kept = { name: 'outer/dense/kernel', shape: [1], dtype: 'float32' as const };
  const ofOptimizer = { ...kept, group: 'optimizer' as const };
  expect(nameWeights(topology, topology, [ofOptimizer]).weightSpecs).toEqual([ofOptimizer]);
  const own = { ...topology, keras_version: 'tfjs-layers 4.22.0' };
  expect(nameWeights(own, own, [kept])).toEqual({ topology: own, weightSpecs: [kept] });
});

test('a name with slashes is a layer, whatever its parts are', () => {
  const slashed = layer('Functional', 'outer', {
    layers: [layer('Dense', 'block'), layer('Dense', 'block/conv'), layer('Dense', 'conv')],
  });
  const specs = ['block/conv/kernel', 'block/kernel', 'conv/kernel', 'outer/block/conv/bias'].map((name) => ({
    name,
    shape: [1],
    dtype: 'float32' as const,
  }));
  expect(nameWeights(slashed, slashed, specs).weightSpecs.map(({ name }) => name)).toEqual([
    'block/conv/kernel',
    'block/kernel',
    'conv/kernel',
    'block/conv/bias',
  ]);
});

test('layers of one name in two models are told apart, by their weights in order where names are the same', () => {
  const encoder = (name: string) =>
    layer('Sequential', name, { layers: [layer('Dense', 'fc'), layer('ReLU', 'act')] });
  const two = layer('Functional', 'outer', {
    layers: [
      { ...encoder('a'), inbound_nodes: [[['in', 0, 0, {}]]] },
      { ...encoder('b'), inbound_nodes: [[['in', 0, 0, {}]]] },
      { ...layer('Dense', 'fc'), inbound_nodes: [[['b', 1, 0, {}]]] },
      { ...layer('Dense', 'fc_1'), inbound_nodes: [[['fc', 0, 0, {}]]] },
    ],
    output_layers: [['fc', 0, 0]],
  });
  const named = (...names: string[]) =>
    nameWeights(
      two,
      two,
      names.map((name) => ({ name, shape: [1], dtype: 'float32' as const })),
    );
  for (const { topology: renamed, weightSpecs } of [
    named('a/fc/kernel', 'b/fc/kernel', 'fc/kernel', 'fc_1/kernel'),
    named('fc/kernel', 'fc/kernel', 'fc/kernel', 'fc_1/kernel'),
  ]) {
    expect(weightSpecs.map(({ name }) => name)).toEqual([
      'fc/kernel',
      'fc_2/kernel',
      'fc_3/kernel',
      'fc_1/kernel',
    ]);
    expect(renamed).toMatchObject({
      config: {
        layers: [
          { config: { layers: [{ config: { name: 'fc' } }, { config: { name: 'act' } }] } },
          { config: { layers: [{ config: { name: 'fc_2' } }, { config: { name: 'act' } }] } },
          { name: 'fc_3', config: { name: 'fc_3' }, inbound_nodes: [[['b', 1, 0, {}]]] },
          { name: 'fc_1', inbound_nodes: [[['fc_3', 0, 0, {}]]] },
        ],
        output_layers: [['fc_3', 0, 0]],
      },
    });
  }
});
