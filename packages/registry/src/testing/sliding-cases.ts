import { type LayerCase, layerCase } from './layer-case.js';

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
export const slidingCases: readonly LayerCase[] = [
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
