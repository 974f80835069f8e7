import { combine, type LayerSetting, settings } from './layer-setting.js';

const shapes = [
  [2, 5],
  [2, 4, 3],
  [1, 3, 4, 2],
  [2, 3, 2, 4],
  [1, 5, 4, 17],
];
const image = [2, 5, 6, 3];

const activations = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'tanh'],
  ...['softmax', 'logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new'],
];

const elements: LayerSetting[] = [
  ...settings('Activation', combine({ activation: activations }), shapes),
  ...settings('ReLU', [{}, { maxValue: 0.5 }], shapes),
  ...settings('LeakyReLU', [{}, { alpha: 0.1 }], shapes),
  ...settings('ELU', [{}], shapes),
  ...settings('ThresholdedReLU', [{}, { theta: 0.2 }], shapes),
  ...settings('Softmax', combine({ axis: [1, -1] }), [[2, 5]]),
  ...settings('Softmax', combine({ axis: [-1] }), shapes),
  ...settings('PReLU', [{}], shapes),
  ...settings('PReLU', combine({ sharedAxes: [[1], [2], [1, 2]] }), [[2, 4, 3]]),
  ...settings('PReLU', combine({ sharedAxes: [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]] }), [
    [2, 3, 2, 4],
  ]),
  ...settings('Rescaling', [{ scale: 0.5 }, { scale: 1 / 255, offset: -1 }], shapes),
  ...['Dropout', 'AlphaDropout', 'GaussianDropout'].flatMap((className) =>
    settings(className, [{ rate: 0.5 }], shapes),
  ),
  ...settings('SpatialDropout1D', [{ rate: 0.5 }], [[2, 4, 3]]),
  ...settings('GaussianNoise', [{ stddev: 1 }], shapes),
];

const normalizations: LayerSetting[] = [
  ...settings(
    'BatchNormalization',
    [...combine({ scale: [true, false], center: [true, false] }), { epsilon: 0.1 }],
    shapes,
  ),
  ...settings('BatchNormalization', combine({ axis: [1, 2, -2] }), [
    [2, 4, 3],
    [2, 3, 3],
  ]),
  ...settings(
    'BatchNormalization',
    combine({ axis: [1, 2, 3], scale: [true, false], center: [true, false] }),
    [
      [2, 3, 2, 4],
      [1, 3, 3, 3],
    ],
  ),
  ...settings('LayerNormalization', [{}, { scale: false }, { center: false }, { epsilon: 0.1 }], shapes),
  ...settings('LayerNormalization', combine({ axis: [1, 2, [1, 2]] }), [[2, 4, 3]]),
  ...settings('LayerNormalization', combine({ axis: [1, 2, 3, [1, 2], [2, 3], [1, 2, 3]] }), [[2, 3, 2, 4]]),
];

const shaping: LayerSetting[] = [
  ...settings('Flatten', [{}, { dataFormat: 'channelsFirst' }], [[2, 4, 3], image]),
  ...settings(
    'Reshape',
    [{ targetShape: [6] }, { targetShape: [-1, 2] }, { targetShape: [3, 2, 1] }],
    [[2, 2, 3]],
  ),
  ...settings('Permute', [{ dims: [2, 1] }, { dims: [1, 2] }], [[2, 4, 3]]),
  ...settings(
    'Permute',
    combine({
      dims: [
        [3, 1, 2],
        [2, 3, 1],
        [1, 3, 2],
        [3, 2, 1],
      ],
    }),
    [[2, 3, 2, 4]],
  ),
  ...settings('RepeatVector', [{ n: 1 }, { n: 3 }], [[2, 4]]),
  ...settings(
    'Cropping2D',
    [
      { cropping: 1 },
      { cropping: [1, 2] },
      {
        cropping: [
          [0, 2],
          [1, 0],
        ],
      },
      { cropping: 1, dataFormat: 'channelsFirst' },
    ],
    [image],
  ),
  ...settings(
    'ZeroPadding2D',
    [
      {},
      { padding: [1, 2] },
      {
        padding: [
          [0, 2],
          [1, 0],
        ],
      },
      { padding: 1, dataFormat: 'channelsFirst' },
    ],
    [image],
  ),
  ...settings(
    'UpSampling2D',
    combine({
      size: [
        [2, 2],
        [1, 3],
        [3, 2],
      ],
      interpolation: ['nearest', 'bilinear'],
      dataFormat: ['channelsLast', 'channelsFirst'],
    }),
    [image],
  ),
  ...settings(
    'Resizing',
    combine({
      height: [1, 3, 5, 9],
      width: [4, 7],
      interpolation: ['nearest', 'bilinear'],
      cropToAspectRatio: [false, true],
    }),
    [image],
  ),
  ...settings('CenterCrop', combine({ height: [1, 3, 5], width: [2, 3, 4, 6] }), [image]),
];

const reading: LayerSetting[] = [
  ...settings('Dense', combine({ units: [1, 4], activation: activations, useBias: [true, false] }), [[3, 5]]),
  ...settings('Dense', [{ units: 3 }, { units: 3, activation: 'relu' }], shapes),
  ...settings(
    'Embedding',
    [
      { inputDim: 5, outputDim: 3 },
      { inputDim: 5, outputDim: 1, maskZero: true },
    ],
    [
      [2, 4],
      [1, 1],
    ],
    { categories: 5 },
  ),
  ...settings('Masking', [{}, { maskValue: -1 }], [[2, 4, 3]]),
  ...settings('CategoryEncoding', combine({ numTokens: [5], outputMode: ['multiHot', 'count'] }), [[3, 4]], {
    categories: 5,
  }),
  ...settings('CategoryEncoding', [{ numTokens: 5, outputMode: 'oneHot' }], [[4, 1]], { categories: 5 }),
];

const pairs = [
  [
    [2, 4, 3],
    [2, 4, 3],
  ],
  [
    [2, 3, 2, 4],
    [2, 1, 2, 1],
  ],
  [
    [2, 4, 3],
    [2, 3],
  ],
];
const merging = ['Add', 'Average', 'Multiply', 'Maximum', 'Minimum'];

const merges: LayerSetting[] = [
  ...merging.flatMap((className) =>
    pairs.map((inputShapes): LayerSetting => ({ className, config: {}, inputShapes })),
  ),
  ...merging.map(
    (className): LayerSetting => ({ className, config: {}, inputShapes: Array(3).fill([2, 4]) }),
  ),
  ...combine({ axis: [1, 2, 3, -1] }).map(
    (config): LayerSetting => ({
      className: 'Concatenate',
      config,
      inputShapes: Array(3).fill([2, 3, 2, 4]),
    }),
  ),
  ...combine({ axes: [1, -1], normalize: [false, true] }).map(
    (config): LayerSetting => ({ className: 'Dot', config, inputShapes: Array(2).fill([2, 4]) }),
  ),
  ...combine({ axes: [1, 2], normalize: [false, true] }).map(
    (config): LayerSetting => ({ className: 'Dot', config, inputShapes: Array(2).fill([2, 3, 3]) }),
  ),
  {
    className: 'Dot',
    config: { axes: [1, 2] },
    inputShapes: [
      [2, 3, 4],
      [2, 5, 3],
    ],
  },
  {
    className: 'Dot',
    config: { axes: [2, 1] },
    inputShapes: [
      [2, 3, 4],
      [2, 4],
    ],
  },
];

/** Layers that are neither sliding nor recurrent. */
export const otherSettings: readonly LayerSetting[] = [
  ...elements,
  ...normalizations,
  ...shaping,
  ...reading,
  ...merges,
];
