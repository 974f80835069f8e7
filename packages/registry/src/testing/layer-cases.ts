import { type NdArray, ndArray, type WeightedLayer } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';

/** A layer to check, and its title in the output of tests. */
export type LayerCase = readonly [title: string, layer: WeightedLayer];

/** Makes a layer with random weights of these shapes; an array is used as a weight directly. */
function layerCase(
  className: string,
  config: Readonly<Record<string, unknown>>,
  inputShape: readonly number[],
  weights: readonly (readonly number[] | NdArray)[] = [],
): LayerCase {
  const arrays = weights.map((weight, index) => ('data' in weight ? weight : randomArray(index + 1, weight)));
  const name = className.toLowerCase();
  const title = `${className} ${JSON.stringify(config)} on [${inputShape}]`;
  return [title, { name, className, config, inputShape, weights: arrays }];
}

const variance = ndArray([3], [0.4, 1.3, 2.1]);

/** Layers that act on each position alone, and dense and flatten, which read all positions. */
const elementCases: readonly LayerCase[] = [
  layerCase('Activation', { activation: 'swish' }, [3, 2, 2]),
  layerCase('Activation', { activation: 'hardSigmoid' }, [4]),
  layerCase('Activation', { activation: 'logSoftmax' }, [4, 3]),
  layerCase('BatchNormalization', { axis: -1, epsilon: 0.01 }, [2, 3, 3], [[3], [3], [3], variance]),
  layerCase('BatchNormalization', { axis: [2], scale: false }, [4, 3], [[3], [3], variance]),
  layerCase('BatchNormalization', { axis: 1, center: false }, [3], [[3], [3], variance]),
  layerCase('BatchNormalization', { scale: false, center: false }, [2, 2, 3], [[3], variance]),
  layerCase('Dropout', { rate: 0.5 }, [4, 3]),
  layerCase('SpatialDropout1D', { rate: 0.5 }, [4, 3]),
  layerCase('AlphaDropout', { rate: 0.5 }, [5]),
  layerCase('GaussianDropout', { rate: 0.5 }, [5]),
  layerCase('GaussianNoise', { stddev: 1 }, [2, 2, 2]),
  layerCase('ELU', {}, [3, 2]),
  layerCase('LeakyReLU', {}, [3, 2]),
  layerCase('LeakyReLU', { alpha: 0.1 }, [2, 3, 2]),
  layerCase('PReLU', {}, [2, 3, 2], [[2, 3, 2]]),
  layerCase('PReLU', { sharedAxes: [1, 2] }, [2, 3, 2], [[1, 1, 2]]),
  layerCase('PReLU', { sharedAxes: [1] }, [2, 3, 2], [[1, 3, 2]]),
  layerCase('PReLU', { sharedAxes: [2] }, [3, 2], [[3, 1]]),
  layerCase('ReLU', {}, [3, 2]),
  layerCase('ReLU', { maxValue: 0.5 }, [2, 3, 2]),
  layerCase('ReLU', { maxValue: null }, [4]),
  layerCase('Softmax', { axis: -1 }, [4]),
  layerCase('Softmax', { axis: 1 }, [4]),
  layerCase('Softmax', { axis: -1 }, [2, 2, 3]),
  layerCase('ThresholdedReLU', {}, [3, 2]),
  layerCase('ThresholdedReLU', { theta: 0.2 }, [2, 3, 2]),
  layerCase('Dense', { units: 4, activation: 'relu' }, [3], [[3, 4], [4]]),
  layerCase('Dense', { units: 2, activation: 'softmax' }, [5, 3], [[3, 2], [2]]),
  layerCase('Dense', { units: 2, useBias: false }, [2, 3, 4], [[4, 2]]),
  layerCase('LayerNormalization', { axis: -1, epsilon: 0.01 }, [2, 2, 3], [[3], [3]]),
  layerCase('LayerNormalization', { axis: [2], scale: false }, [4, 3], [[3]]),
  layerCase('LayerNormalization', { center: false }, [3], [[3]]),
  layerCase('Rescaling', { scale: 0.5, offset: -1 }, [2, 3, 2]),
  layerCase('Rescaling', { scale: 1 / 255 }, [3]),
  layerCase('Reshape', { targetShape: [12] }, [3, 2, 2]),
  layerCase('Reshape', { targetShape: [-1, 2] }, [3, 4]),
  layerCase('Reshape', { targetShape: [2, 3, 2] }, [12]),
  layerCase('Permute', { dims: [2, 1] }, [3, 2]),
  layerCase('Permute', { dims: [3, 1, 2] }, [2, 3, 4]),
  layerCase('RepeatVector', { n: 3 }, [4]),
  layerCase('Flatten', {}, [4, 2]),
  layerCase('Flatten', { dataFormat: 'channelsLast' }, [2, 3, 2]),
];

const poolings = (className: string, rank: 1 | 2): LayerCase[] => {
  const inputShape = rank === 1 ? [7, 2] : [5, 6, 2];
  const poolSize = [3, 2].slice(0, rank);
  return [
    layerCase(className, { poolSize }, inputShape),
    layerCase(className, { poolSize, strides: [1, 1].slice(0, rank), padding: 'same' }, inputShape),
    layerCase(className, { poolSize, strides: [2, 3].slice(0, rank), padding: 'same' }, inputShape),
    layerCase(className, { poolSize: 2, strides: null, padding: 'valid' }, inputShape),
  ];
};

const globalPoolings = (className: string, inputShape: readonly number[]): LayerCase[] => [
  layerCase(className, {}, inputShape),
];

/** Layers whose window slides, and those that read all positions of it at once. */
const slidingCases: readonly LayerCase[] = [
  layerCase('Conv1D', { filters: 3, kernelSize: [3] }, [6, 2], [[3, 2, 3], [3]]),
  layerCase('Conv1D', { filters: 2, kernelSize: 4, strides: 2, padding: 'same' }, [7, 2], [[4, 2, 2], [2]]),
  layerCase(
    'Conv1D',
    { filters: 2, kernelSize: [2], dilationRate: [3], activation: 'tanh', useBias: false },
    [7, 2],
    [[2, 2, 2]],
  ),
  layerCase('Conv2D', { filters: 3, kernelSize: [2, 3] }, [4, 5, 2], [[2, 3, 2, 3], [3]]),
  layerCase(
    'Conv2D',
    { filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'relu' },
    [5, 4, 2],
    [[3, 2, 2, 2], [2]],
  ),
  layerCase(
    'Conv2D',
    { filters: 2, kernelSize: 2, dilationRate: [2, 3], padding: 'same', useBias: false },
    [5, 6, 1],
    [[2, 2, 1, 2]],
  ),
  layerCase('Conv2D', { filters: 2, kernelSize: 1, activation: 'softmax' }, [3, 2, 3], [[1, 1, 3, 2], [2]]),
  layerCase('DepthwiseConv2D', { kernelSize: [2, 3] }, [4, 5, 3], [[2, 3, 3, 1], [3]]),
  layerCase(
    'DepthwiseConv2D',
    { kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same', activation: 'elu' },
    [5, 4, 2],
    [[3, 3, 2, 2], [4]],
  ),
  layerCase(
    'SeparableConv2D',
    { filters: 4, kernelSize: [2, 3], depthMultiplier: 2 },
    [4, 5, 3],
    [[2, 3, 3, 2], [1, 1, 6, 4], [4]],
  ),
  layerCase(
    'SeparableConv2D',
    { filters: 2, kernelSize: 2, dilationRate: 2, padding: 'same', activation: 'sigmoid' },
    [4, 5, 2],
    [[2, 2, 2, 1], [1, 1, 2, 2], [2]],
  ),
  layerCase(
    'SeparableConv2D',
    { filters: 3, kernelSize: 2, strides: 2, useBias: false },
    [5, 4, 2],
    [
      [2, 2, 2, 1],
      [1, 1, 2, 3],
    ],
  ),
  ...poolings('AveragePooling1D', 1),
  ...poolings('AveragePooling2D', 2),
  ...poolings('MaxPooling1D', 1),
  ...poolings('MaxPooling2D', 2),
  ...globalPoolings('GlobalAveragePooling1D', [5, 3]),
  ...globalPoolings('GlobalAveragePooling2D', [3, 4, 2]),
  ...globalPoolings('GlobalMaxPooling1D', [5, 3]),
  ...globalPoolings('GlobalMaxPooling2D', [3, 4, 2]),
  layerCase('ZeroPadding2D', {}, [3, 2, 2]),
  layerCase(
    'ZeroPadding2D',
    {
      padding: [
        [0, 2],
        [1, 0],
      ],
    },
    [3, 2, 2],
  ),
  layerCase('ZeroPadding2D', { padding: [2, 1] }, [3, 2, 2]),
  layerCase(
    'Cropping2D',
    {
      cropping: [
        [0, 0],
        [0, 1],
      ],
    },
    [3, 2, 2],
  ),
  layerCase(
    'Cropping2D',
    {
      cropping: [
        [1, 0],
        [0, 2],
      ],
    },
    [4, 5, 2],
  ),
  layerCase('Cropping2D', { cropping: 1 }, [4, 5, 2]),
];

/** Every layer that can be part of a span, in its settings and with weights. */
export const layerCases: readonly LayerCase[] = [...elementCases, ...slidingCases];
