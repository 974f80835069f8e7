import { type Config, combine, type LayerSetting, type PlainLayer, settings } from './layer-setting.js';

const sequence = [2, 4, 3];
const masking: PlainLayer = { className: 'Masking', config: {} };
const returns = combine({ returnSequences: [false, true], goBackwards: [false, true] });

const recurrentClasses = ['SimpleRNN', 'GRU', 'LSTM'];

const recurrent: LayerSetting[] = recurrentClasses.flatMap((className) => {
  const configs: Config[] = [
    ...returns,
    { useBias: false },
    { returnState: true },
    { returnState: true, returnSequences: true },
    { activation: 'relu' },
    { unroll: true },
    { dropout: 0.5, recurrentDropout: 0.5 },
    ...(className === 'SimpleRNN' ? [] : [{ recurrentActivation: 'sigmoid' }, { implementation: 2 }]),
    ...(className === 'LSTM' ? [{ unitForgetBias: false }] : []),
  ].map((config) => ({ units: 2, ...config }));
  return [
    ...settings(className, configs, [sequence]),
    ...settings(
      className,
      returns.map((config) => ({ units: 3, ...config })),
      [sequence],
      { before: masking },
    ),
  ];
});

const cells: Config[] = [
  { cell: { className: 'SimpleRNNCell', config: { units: 2 } } },
  { cell: { className: 'GRUCell', config: { units: 2 } }, returnSequences: true },
  { cell: { className: 'LSTMCell', config: { units: 2 } } },
];
const stacked = ['SimpleRNNCell', 'GRUCell', 'LSTMCell'].map((className) => ({
  cell: {
    className: 'StackedRNNCells',
    config: { cells: [2, 3].map((units) => ({ className, config: { units } })) },
  },
}));

const images = combine({
  kernelSize: [1, 2, 3],
  padding: ['same', 'valid'],
  strides: [1, 2],
  returnSequences: [false, true],
}).map((config) => ({ filters: 2, ...config }));

const inner = recurrentClasses.map((className) => ({ className, config: { units: 2, name: 'inner' } }));
const merged = combine({ layer: inner, mergeMode: ['concat', 'sum', 'mul', 'ave', null] });
const inSequence = inner.map(({ className, config }) => ({
  layer: { className, config: { ...config, returnSequences: true } },
}));
const state = [{ layer: { className: 'LSTM', config: { units: 2, returnState: true, name: 'inner' } } }];

const ofImages: readonly Config[] = [
  { className: 'Conv2D', config: { filters: 2, kernelSize: 2 } },
  { className: 'Conv2D', config: { filters: 2, kernelSize: [1, 3], strides: 2, padding: 'same' } },
  { className: 'DepthwiseConv2D', config: { kernelSize: 2, strides: 3, padding: 'same' } },
  { className: 'MaxPooling2D', config: {} },
  { className: 'Flatten', config: {} },
].map((layer) => ({ layer }));

/** Layers that process the time steps of a sequence. */
export const recurrentSettings: readonly LayerSetting[] = [
  ...recurrent,
  ...settings('RNN', [...cells, ...stacked], [sequence]),
  ...settings('ConvLSTM2D', images, [[2, 3, 4, 5, 2]]),
  ...settings('ConvLSTM2D', [{ filters: 2, kernelSize: 2, dataFormat: 'channelsFirst' }], [[2, 3, 2, 4, 5]]),
  ...settings(
    'ConvLSTM2D',
    [{ filters: 2, kernelSize: [1, 3], strides: 2, padding: 'same', useBias: false }],
    [[1, 2, 4, 5, 1]],
  ),
  ...settings('Bidirectional', [...merged, ...inSequence, ...state], [sequence]),
  ...settings('Bidirectional', inSequence, [sequence], { before: masking }),
  ...settings(
    'TimeDistributed',
    [{ layer: { className: 'Dense', config: { units: 2, activation: 'tanh' } } }],
    [sequence],
  ),
  ...settings('TimeDistributed', ofImages, [[2, 3, 4, 5, 2]]),
];
