import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json-object.js';
import { translateTopology } from './translate-topology.js';

const layer = (class_name: string, config: JsonObject = {}) => ({
  class_name,
  config: { name: class_name.toLowerCase(), trainable: true, ...config },
});
const embedding = layer('Embedding', { mask_zero: true });
const sequences = { return_sequences: true };
const bidirectional = (config: JsonObject) => layer('Bidirectional', { layer: layer('LSTM', config) });
const nested = (...layers: JsonObject[]) => layer('Sequential', { layers });

const topology = (layers: readonly JsonObject[]) => ({
  keras_version: '2.15.0',
  model_config: { class_name: 'Sequential', config: { name: 'model', layers } },
});

describe('a model without a fork', () => {
  test.each<[string, JsonObject[], string, RegExp]>([
    [
      'an average',
      [embedding, layer('GlobalAveragePooling1D')],
      'globalaveragepooling1d',
      /averages over masked/,
    ],
    [
      'an average after layers that hand the mask on',
      [layer('Masking'), layer('Dense'), layer('LeakyReLU'), layer('GlobalAveragePooling1D')],
      'globalaveragepooling1d',
      /averages over masked/,
    ],
    ['a mask lost by Keras', [embedding, layer('Conv1D'), layer('LSTM')], 'lstm', /has no mask in Keras/],
    [
      'a decoder',
      [embedding, layer('GRU'), layer('RepeatVector'), layer('LSTM')],
      'lstm',
      /no mask in Keras/,
    ],
    ['a Softmax', [embedding, layer('LSTM'), layer('Softmax')], 'softmax', /masks of other layers/],
    [
      'zeros for masked steps that are read',
      [embedding, bidirectional(sequences), layer('Flatten')],
      'bidirectional',
      /gives zeros for masked steps/,
    ],
    [
      'zeros for masked steps at the end',
      [embedding, layer('LSTM', { ...sequences, zero_output_for_mask: true }), layer('Dense')],
      'lstm',
      /gives zeros for masked steps/,
    ],
    ['a nested model', [nested(embedding, layer('Dense')), layer('LSTM')], 'lstm', /loses on the way/],
    [
      'inside a nested model',
      [embedding, nested(layer('GlobalAveragePooling1D'))],
      'globalaveragepooling1d',
      /averages/,
    ],
  ])('%s is refused', async (_, layers, layerName, message) => {
    const error = await refusalOf(() => translateTopology(topology(layers)));
    expect([error.code, error.layerName, error.message]).toEqual([
      'MODEL_UNSUPPORTED',
      layerName,
      expect.stringMatching(message),
    ]);
  });

  test.each<[string, JsonObject[]]>([
    ['no mask', [layer('Embedding', { mask_zero: false }), layer('GlobalAveragePooling1D')]],
    ['a mask that nothing reads', [embedding, layer('Flatten'), layer('Dense')]],
    ['a maximum', [embedding, layer('GlobalMaxPooling1D')]],
    ['recurrent layers in a row', [embedding, bidirectional(sequences), layer('Dropout'), layer('LSTM')]],
    ['repeated steps, as in Keras', [embedding, layer('LSTM', sequences), layer('Dense')]],
    ['an average of no mask', [embedding, layer('Conv1D'), layer('GlobalAveragePooling1D')]],
  ])('%s is read', (_, layers) => {
    expect(translateTopology(topology(layers))).toMatchObject({ keras_version: '2.15.0' });
  });
});

describe('a functional model of Keras 3', () => {
  const tensor = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 6, 4], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  const called = (name: string, object: JsonObject, args: unknown[], kwargs: JsonObject = {}) => ({
    ...object,
    config: { ...(object.config as JsonObject), name },
    name,
    inbound_nodes: args.length > 0 ? [{ args, kwargs }] : [],
  });
  const notEqual = (name: string, of: string) =>
    called(name, { class_name: 'NotEqual', config: {} }, [tensor(of), 0]);
  const functional = (output: string, ...layers: JsonObject[]) => ({
    keras_version: '3.15.1',
    model_config: {
      class_name: 'Functional',
      config: {
        name: 'model',
        layers: [
          called('a', { class_name: 'InputLayer', config: { batch_shape: [null, 6] } }, []),
          called('b', { class_name: 'InputLayer', config: { batch_shape: [null, 6] } }, []),
          called('embed_a', embedding, [tensor('a')]),
          called('embed_b', embedding, [tensor('b')]),
          ...layers,
        ],
        input_layers: [
          ['a', 0, 0],
          ['b', 0, 0],
        ],
        output_layers: [output, 0, 0],
      },
    },
  });
  const lstm = (from: string, kwargs: JsonObject) => called('lstm', layer('LSTM'), [tensor(from)], kwargs);

  test('operations that compute masks are left to tfjs-layers', () => {
    const read = translateTopology(
      functional(
        'lstm',
        notEqual('mask_a', 'a'),
        lstm('embed_a', { mask: tensor('mask_a'), training: false }),
      ),
    ) as ReturnType<typeof functional>;
    const { layers } = read.model_config.config;
    expect(layers.map(({ name }) => name)).toEqual(['a', 'b', 'embed_a', 'embed_b', 'lstm']);
    expect(layers.at(-1)!.inbound_nodes).toEqual([[['embed_a', 0, 0, { training: false }]]]);
  });

  test.each<[string, JsonObject[], string, RegExp]>([
    [
      'another mask',
      [notEqual('mask_b', 'b'), lstm('embed_a', { mask: tensor('mask_b') })],
      'lstm',
      /mask of its own/,
    ],
    ['a mask that Keras leaves away', [lstm('embed_a', {})], 'lstm', /no mask in Keras/],
    [
      'masks of a product',
      [called('product', layer('Multiply'), [[tensor('embed_a'), tensor('embed_b')]]), lstm('product', {})],
      'product',
      /merges masks/,
    ],
    [
      'masks of a sum',
      [
        called('sum', layer('Add'), [[tensor('embed_a'), tensor('embed_b')]]),
        notEqual('mask_a', 'a'),
        notEqual('mask_b', 'b'),
        called('or', { class_name: 'LogicalOr', config: {} }, [tensor('mask_a'), tensor('mask_b')]),
        lstm('sum', { mask: tensor('or') }),
      ],
      'lstm',
      /loses on the way/,
    ],
    [
      'an operation that is no mask',
      [called('mean', { class_name: 'Mean', config: { axis: 1 } }, [tensor('embed_a')]), lstm('mean', {})],
      'mean',
      /is the operation Mean/,
    ],
  ])('%s is refused', async (_, layers, layerName, message) => {
    const error = await refusalOf(() => translateTopology(functional('lstm', ...layers)));
    expect([error.code, error.layerName, error.message]).toEqual([
      'MODEL_UNSUPPORTED',
      layerName,
      expect.stringMatching(message),
    ]);
  });
});
