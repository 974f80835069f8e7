import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json-object.js';
import { computedOtherwise } from './computed-otherwise.js';
import { translateTopology } from './translate-topology.js';

const topology = (version: string, class_name: string, config: JsonObject, shape: unknown) => ({
  keras_version: version,
  model_config: {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      layers: [
        { class_name: 'InputLayer', config: { name: 'in', batch_shape: shape } },
        { class_name, config: { name: 'it', ...config } },
      ],
    },
  },
});

const image = [null, 8, 9, 2];
const cf = { data_format: 'channels_first' };
const kernel = { kernel_size: [3, 3], strides: [2, 2] };
const recurrentCell = (name: string, config = {}) => ({
  class_name: 'LSTM',
  config: { name, units: 3, ...config },
});

/** Settings that Keras 3.15's own predictions showed to differ in tfjs-layers 4.22, on its cpu backend. */
const refused: readonly (readonly [string, JsonObject, RegExp, (number | null)[]?])[] = [
  ['UpSampling2D', { interpolation: 'bilinear' }, /corners of pixels/],
  ['UpSampling2D', { interpolation: 'bicubic' }, /no other interpolation/],
  ['DepthwiseConv2D', { dilation_rate: [2, 2] }, /has a dilation_rate/],
  ['Conv2DTranspose', { ...kernel, dilation_rate: [1, 2] }, /has a dilation_rate/],
  ['Conv3DTranspose', { kernel_size: [3, 3, 3], dilation_rate: 2 }, /has a dilation_rate/],
  ['Conv2DTranspose', { ...kernel, padding: 'same', output_padding: [0, 0] }, /has an output_padding/],
  ['Conv2DTranspose', { ...kernel, padding: 'valid', output_padding: 1 }, /has an output_padding/],
  [
    'Conv3DTranspose',
    { kernel_size: [1, 1, 1], strides: [1, 1, 2], padding: 'same' },
    /kernel shorter than its strides/,
  ],
  ['Conv2D', { ...kernel, groups: 2 }, /has groups/],
  ['Conv1D', { kernel_size: [3], groups: 2 }, /has groups/],
  ['Conv1D', { kernel_size: [3], padding: 'causal' }, /causal/],
  ['Conv1D', { kernel_size: [3], ...cf }, /channels_first/],
  ['MaxPooling1D', cf, /channels_first/],
  ['AveragePooling1D', cf, /channels_first/],
  ['GlobalMaxPooling1D', cf, /channels_first/],
  ['GlobalAveragePooling1D', cf, /channels_first/],
  ['SeparableConv2D', { ...cf, use_bias: true }, /wrong axis/],
  ['SeparableConv2D', { ...cf, use_bias: false, activation: 'softmax' }, /wrong axis/],
  ['GlobalAveragePooling2D', { keepdims: true }, /keepdims/],
  ['GlobalMaxPooling1D', { keepdims: true }, /keepdims/],
  ['ReLU', { max_value: 6, negative_slope: 0.1 }, /threshold/],
  ['ReLU', { threshold: 1 }, /threshold/],
  ['ELU', { alpha: 0.5 }, /alpha/],
  ['Dense', { activation: { class_name: 'ELU', config: { name: 'it', alpha: 0.5 } } }, /alpha/],
  ['Dense', { activity_regularizer: { class_name: 'L2', config: { l2: 0.1 } } }, /activity_regularizer/],
  ['Softmax', { axis: 1 }, /another axis than the last/],
  ['Softmax', { axis: [-2] }, /another axis than the last/],
  ['BatchNormalization', { axis: [1, 2] }, /several axes/],
  ['BatchNormalization', { axis: -1, renorm: true }, /renorm/],
  ['BatchNormalization', { axis: 0 }, /over the batch/],
  ['BatchNormalization', { axis: [-4] }, /over the batch/],
  ['BatchNormalization', { axis: -1 }, /more than four dimensions/, [null, null, null, 4, 5]],
  [
    'TimeDistributed',
    { layer: { class_name: 'BatchNormalization', config: { name: 'it', axis: 1 } } },
    /inside a wrapper/,
  ],
  ['LayerNormalization', { axis: -1 }, /five dimensions/, [null, 2, 3, 4, 5]],
  ['LayerNormalization', { rms_scaling: true }, /rms_scaling/],
  ['Resizing', { height: 8, width: 9 }, /corner to corner/],
  ['CenterCrop', { height: 10, width: 4 }, /crops images/],
  ['CenterCrop', { height: 4, width: 4 }, /crops images/, [null, null, null, 3]],
  ['CategoryEncoding', { num_tokens: 3 }, /changes the shape/],
  ['RandomWidth', { factor: 0.1 }, /at random/],
  ['GRU', { reset_after: true }, /reset_after/],
  [
    'Bidirectional',
    { layer: { class_name: 'GRU', config: { name: 'it', reset_after: true } } },
    /reset_after/,
  ],
  [
    'TimeDistributed',
    { layer: { class_name: 'DepthwiseConv2D', config: { name: 'it', dilation_rate: 2 } } },
    /dilation/,
  ],
  ['LSTM', { time_major: true }, /time_major/],
  ['RNN', { cell: { class_name: 'StackedRNNCells', config: { cells: [] } } }, /stacks cells/],
  [
    'Bidirectional',
    {
      layer: recurrentCell('forward_lstm'),
      backward_layer: recurrentCell('backward_lstm', { go_backwards: true, activation: 'relu' }),
    },
    /backward_layer/,
  ],
  [
    'Bidirectional',
    { layer: recurrentCell('forward_lstm'), backward_layer: recurrentCell('lstm_1', { go_backwards: true }) },
    /backward_layer/,
  ],
  ['Concatenate', { axis: -2 }, /negative axis/],
];

/** Settings that are refused beside a layer of unknown rank. */
const ofUnknownRank: readonly (readonly [JsonObject, RegExp])[] = [1, [2], -2].map((axis) => [
  { axis },
  /may not be the last/,
]);

const byVersion = ['2.15.0', '3.15.1'].flatMap((version) =>
  refused.map(([class_name, config, message, shape = image]) => ({
    version,
    class_name,
    config,
    message,
    shape,
  })),
);

test.each(byVersion)('Keras $version, $class_name of $config is refused by name', async (each) => {
  const { version, class_name, config, message, shape } = each;
  const error = await refusalOf(() => translateTopology(topology(version, class_name, config, shape)));
  expect([error.code, error.layerName]).toEqual(['MODEL_UNSUPPORTED', 'it']);
  expect(error.message).toMatch(/^Layer it \(\w+\) .+\. [A-Z].+\.$/);
  expect(error.message).toMatch(message);
});

test.each(ofUnknownRank)(
  'BatchNormalization of %j after a layer of unknown rank is refused',
  async (config, message) => {
    const whole = topology('2.15.0', 'BatchNormalization', config, image);
    whole.model_config.config.layers.splice(1, 0, { class_name: 'Mine', config: { name: 'mine' } });
    const error = await refusalOf(() => translateTopology(whole));
    expect([error.code, error.layerName]).toEqual(['MODEL_UNSUPPORTED', 'it']);
    expect(error.message).toMatch(message);
  },
);

test('every difference of the table is refused by a case here', () => {
  const messages = [
    ...refused.map(([, , message]) => message),
    ...ofUnknownRank.map(([, message]) => message),
  ];
  const met = computedOtherwise.filter(({ says }) => !messages.some((message) => message.test(says)));
  expect(met.map(({ says }) => says)).toEqual([expect.stringMatching(/hard_sigmoid/)]);
});

test.each([
  ['Dense', { activation: 'hard_sigmoid' }],
  ['LSTM', { recurrent_activation: 'hard_sigmoid' }],
])('hard_sigmoid of %s is refused from Keras 3, whose function is another', async (class_name, config) => {
  const error = await refusalOf(() => translateTopology(topology('3.0.0', class_name, config, image)));
  expect([error.code, error.layerName]).toEqual(['MODEL_UNSUPPORTED', 'it']);
  const read = translateTopology(topology('2.15.0', class_name, config, image));
  expect(JSON.stringify(read)).toContain('hard_sigmoid');
});

/** Settings beside the refused ones, which gave Keras's predictions. */
test.each<[string, JsonObject]>([
  ['UpSampling2D', { interpolation: 'nearest' }],
  ['DepthwiseConv2D', { dilation_rate: [1, 1], ...cf }],
  ['SeparableConv2D', { dilation_rate: [2, 2], use_bias: true }],
  ['SeparableConv2D', { ...cf, use_bias: false, activation: 'relu' }],
  ['Conv2DTranspose', { ...kernel, padding: 'same', output_padding: [1, 1] }],
  ['Conv2DTranspose', { kernel_size: [2, 2], strides: [3, 3], padding: 'valid', output_padding: 1 }],
  ['Conv2D', { ...kernel, groups: 1, ...cf }],
  ['MaxPooling2D', cf],
  ['Softmax', { axis: 3 }],
  ['Softmax', { axis: [1, 2] }],
  ['LayerNormalization', { axis: [1, 2, 3] }],
  ['GRU', { reset_after: false }],
  ['Concatenate', { axis: -1 }],
])('%s of %j is read as it is', (class_name, config) => {
  const read = translateTopology(topology('3.15.1', class_name, config, image));
  expect(read).toMatchObject({ model_config: { config: { layers: [{}, { class_name, config }] } } });
});
