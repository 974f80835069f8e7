import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json-object.js';
import { translateTopology } from './translate-topology.js';

const policy = (name: string) => ({
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name },
  registered_name: null,
});

const layer = (class_name: string, config: JsonObject) => ({
  module: 'keras.layers',
  class_name,
  config: { name: 'it', dtype: policy('float32'), ...config },
  registered_name: null,
  build_config: { input_shape: [null, 4] },
});

const model = (...layers: JsonObject[]) => ({
  keras_version: '3.15.1',
  model_config: { class_name: 'Sequential', config: { name: 'sequential', layers } },
});

/** The config that a layer of Keras 3 has in tfjs-layers' words, with its class. */
function translated(class_name: string, config: JsonObject) {
  const { model_config } = translateTopology(model(layer(class_name, config))) as ReturnType<typeof model>;
  return model_config.config.layers[0];
}

test.each([
  ['InputLayer', { batch_shape: [null, 4] }, 'InputLayer', { batch_input_shape: [null, 4] }],
  ['LeakyReLU', { negative_slope: 0.2 }, 'LeakyReLU', { alpha: 0.2 }],
  ['Identity', {}, 'Activation', { activation: 'linear' }],
  [
    'Dense',
    { kernel_initializer: { class_name: 'Identity', config: { gain: 2 } } },
    'Dense',
    { kernel_initializer: { class_name: 'Identity', config: { gain: 2 } } },
  ],
  [
    'ReLU',
    { max_value: 6, negative_slope: 0, threshold: 0 },
    'ReLU',
    { max_value: 6, negative_slope: 0, threshold: 0 },
  ],
  ['ReLU', { max_value: null, negative_slope: 0.1, threshold: 0 }, 'LeakyReLU', { alpha: 0.1 }],
  ['Dense', { dtype: policy('mixed_float16') }, 'Dense', {}],
  ['Dense', { activation: 'silu' }, 'Dense', { activation: 'swish' }],
  ['Dense', { activation: { class_name: 'function', config: 'relu6' } }, 'Dense', { activation: 'relu6' }],
  [
    'Dense',
    { activation: layer('LeakyReLU', { negative_slope: 0.1 }) },
    'Dense',
    { activation: { class_name: 'LeakyReLU', config: { name: 'it', dtype: 'float32', alpha: 0.1 } } },
  ],
  [
    'Dense',
    { kernel_regularizer: layer('L1', { l1: 0.5 }) },
    'Dense',
    { kernel_regularizer: { class_name: 'L1L2', config: { l1: 0.5, l2: 0 } } },
  ],
  [
    'Dense',
    {
      kernel_initializer: {
        module: 'keras.initializers',
        class_name: 'LecunUniform',
        config: { seed: 1 },
        registered_name: null,
      },
    },
    'Dense',
    { kernel_initializer: { class_name: 'LeCunUniform', config: { seed: 1 } } },
  ],
  [
    'TimeDistributed',
    { layer: layer('Dense', { units: 2 }) },
    'TimeDistributed',
    { layer: { class_name: 'Dense', config: { name: 'it', dtype: 'float32', units: 2 } } },
  ],
  [
    'Bidirectional',
    { layer: layer('GRU', { name: 'forward_gru' }), backward_layer: layer('GRU', { name: 'backward_gru' }) },
    'Bidirectional',
    { layer: { class_name: 'GRU', config: { name: 'gru', dtype: 'float32' } } },
  ],
])('%s of %j', (class_name, config, expectedClass, expectedConfig) => {
  expect(translated(class_name, config)).toEqual({
    class_name: expectedClass,
    config: { name: 'it', dtype: 'float32', ...expectedConfig },
  });
});

const tensor = (...history: unknown[]) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4], dtype: 'float32', keras_history: history },
});

const functional = (inbound: unknown[]) => ({
  keras_version: '3.15.1',
  model_config: {
    class_name: 'Functional',
    config: {
      name: 'functional',
      layers: [
        { ...layer('InputLayer', { batch_shape: [null, 4] }), name: 'in', inbound_nodes: [] },
        { ...layer('Add', {}), name: 'add', inbound_nodes: inbound },
      ],
      input_layers: ['in', 0, 0],
      output_layers: [['add', 0, 0]],
    },
  },
});

test('tensors in the arguments of a call become references to layers', () => {
  const topology = functional([
    { args: [[tensor('in', 0, 0), tensor('in', 0, 1)]], kwargs: { mask: null, training: true } },
  ]);
  const { config } = (translateTopology(topology) as typeof topology).model_config;
  expect(config.layers[1]!.inbound_nodes).toEqual([
    [
      ['in', 0, 0, { training: true }],
      ['in', 0, 1, { training: true }],
    ],
  ]);
  expect([config.input_layers, config.output_layers]).toEqual([[['in', 0, 0]], [['add', 0, 0]]]);
});

test.each([
  ['a constant', { args: [tensor('in', 0, 0), 1.5], kwargs: {} }, /called with 1\.5/],
  [
    'a tensor by name',
    { args: [tensor('in', 0, 0)], kwargs: { value: tensor('in', 0, 0) } },
    /tensor as value/,
  ],
])('a layer called with %s is refused', async (_, call, message) => {
  const error = await refusalOf(() => translateTopology(functional([call])));
  expect([error.code, error.layerName, error.message]).toEqual([
    'MODEL_UNSUPPORTED',
    'add',
    expect.stringMatching(message),
  ]);
});

test('a Sequential model built by its first batch tells its first layer what it reads', () => {
  const topology = {
    keras_version: '2.15.0',
    model_config: {
      class_name: 'Sequential',
      config: {
        name: 's',
        layers: [{ class_name: 'Dense', config: { name: 'd', units: 2 } }],
        build_input_shape: [null, 4],
      },
    },
  };
  expect((translateTopology(topology) as typeof topology).model_config.config.layers[0]!.config).toEqual({
    name: 'd',
    units: 2,
    batch_input_shape: [null, 4],
  });
});

test('nothing that came is changed, and what TensorFlow.js wrote comes back as it is', () => {
  const topology = model(layer('LeakyReLU', { negative_slope: 0.2 }));
  const before = structuredClone(topology);
  translateTopology(topology);
  expect(topology).toEqual(before);
  const own = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] }).toJSON(null, false);
  expect(translateTopology(own as JsonObject)).toBe(own);
});
