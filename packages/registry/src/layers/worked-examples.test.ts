import { applyLayer, type NdArray, ndArray, type WeightedLayer } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from '../builtin-layers.js';
import { createRegistry } from '../create-registry.js';

type Given = readonly [shape: number[], values: number[]];

interface Example {
  readonly className: string;
  readonly config?: Record<string, unknown>;
  readonly inputs: readonly Given[];
  readonly weights?: readonly Given[];
  readonly mask?: Given;
  /** The shape and values of the first output, worked out by hand. */
  readonly expected: Given;
}

const registry = createRegistry({ layers: builtinLayers });

const range = (count: number, first = 1) => Array.from({ length: count }, (_, index) => index + first);

function describeLayer(
  { className, config = {} }: Pick<Example, 'className' | 'config'>,
  input: NdArray,
): WeightedLayer {
  return { name: 'layer', className, config, inputShape: input.shape.slice(1), weights: [] };
}

const arrays = (given: readonly Given[]) => given.map(([shape, values]) => ndArray(shape, values));

const sliding: readonly Example[] = [
  {
    // 1 + 2, 3 + 4: the fifth is not reached.
    className: 'Conv1D',
    config: { kernelSize: 2, strides: 2 },
    inputs: [[[1, 5, 1], range(5)]],
    weights: [
      [
        [2, 1, 1],
        [1, 1],
      ],
      [[1], [10]],
    ],
    expected: [
      [1, 2, 1],
      [13, 17],
    ],
  },
  {
    // One zero after the input, none before it.
    className: 'Conv1D',
    config: { kernelSize: 3, strides: 2, padding: 'same' },
    inputs: [[[1, 4, 1], range(4)]],
    weights: [
      [
        [3, 1, 1],
        [1, 10, 100],
      ],
    ],
    expected: [
      [1, 2, 1],
      [321, 43],
    ],
  },
  {
    // A stride longer than the kernel: positions 0 and 3 of 6.
    className: 'Conv1D',
    config: { kernelSize: 1, strides: 3, padding: 'same' },
    inputs: [[[1, 6, 1], range(6)]],
    weights: [[[1, 1, 1], [1]]],
    expected: [
      [1, 2, 1],
      [1, 4],
    ],
  },
  {
    // Taps at 0 and 2.
    className: 'Conv1D',
    config: { kernelSize: 2, dilationRate: 2 },
    inputs: [[[1, 4, 1], range(4)]],
    weights: [
      [
        [2, 1, 1],
        [1, 10],
      ],
    ],
    expected: [
      [1, 2, 1],
      [31, 42],
    ],
  },
  {
    // Two channels summed into each of two filters.
    className: 'Conv2D',
    config: { kernelSize: 1, activation: 'relu' },
    inputs: [
      [
        [1, 1, 2, 2],
        [1, 2, 3, 4],
      ],
    ],
    weights: [
      [
        [1, 1, 2, 2],
        [1, -1, 10, 0],
      ],
    ],
    expected: [
      [1, 1, 2, 2],
      [21, 0, 43, 0],
    ],
  },
  {
    className: 'Conv2D',
    config: { kernelSize: 1, dataFormat: 'channelsFirst' },
    inputs: [
      [
        [1, 2, 1, 2],
        [1, 2, 3, 4],
      ],
    ],
    weights: [
      [
        [1, 1, 2, 1],
        [1, 10],
      ],
    ],
    expected: [
      [1, 1, 1, 2],
      [31, 42],
    ],
  },
  {
    // Channel 0 by 1 and 2, channel 1 by 3 and 4.
    className: 'DepthwiseConv2D',
    config: { kernelSize: 1, depthMultiplier: 2 },
    inputs: [
      [
        [1, 1, 1, 2],
        [10, 100],
      ],
    ],
    weights: [
      [
        [1, 1, 2, 2],
        [1, 2, 3, 4],
      ],
    ],
    expected: [
      [1, 1, 1, 4],
      [10, 20, 300, 400],
    ],
  },
  {
    className: 'SeparableConv2D',
    config: { kernelSize: [1, 2] },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [
        [1, 2, 1, 1],
        [1, 10],
      ],
      [
        [1, 1, 1, 2],
        [1, -1],
      ],
      [[2], [0, 1]],
    ],
    expected: [
      [1, 1, 1, 2],
      [21, -20],
    ],
  },
  {
    // 1 (1, 10) at 0, 2 (1, 10) at 1.
    className: 'Conv2DTranspose',
    config: { kernelSize: [1, 2] },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [
        [1, 2, 1, 1],
        [1, 10],
      ],
    ],
    expected: [
      [1, 1, 3, 1],
      [1, 12, 20],
    ],
  },
  {
    // A kernel of 3 at a stride of 2 under 'same': 4 outputs, none cut off before, one after.
    className: 'Conv2DTranspose',
    config: { kernelSize: [1, 3], strides: [1, 2], padding: 'same' },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [
        [1, 3, 1, 1],
        [1, 10, 100],
      ],
    ],
    expected: [
      [1, 1, 4, 1],
      [1, 10, 102, 20],
    ],
  },
  {
    className: 'Conv3DTranspose',
    config: { kernelSize: 1, strides: [2, 1, 1], padding: 'same' },
    inputs: [
      [
        [1, 2, 1, 1, 1],
        [1, 2],
      ],
    ],
    weights: [[[1, 1, 1, 1, 1], [10]]],
    expected: [
      [1, 4, 1, 1, 1],
      [10, 0, 20, 0],
    ],
  },
  {
    // What is padding counts in no mean.
    className: 'AveragePooling1D',
    config: { poolSize: 2, padding: 'same' },
    inputs: [
      [
        [1, 3, 1],
        [1, 2, 4],
      ],
    ],
    expected: [
      [1, 2, 1],
      [1.5, 4],
    ],
  },
  {
    className: 'MaxPooling3D',
    config: { poolSize: 2, padding: 'same' },
    inputs: [
      [
        [1, 3, 1, 1, 1],
        [-1, -2, -3],
      ],
    ],
    expected: [
      [1, 2, 1, 1, 1],
      [-1, -3],
    ],
  },
  {
    className: 'GlobalAveragePooling2D',
    config: { dataFormat: 'channelsFirst' },
    inputs: [
      [
        [1, 2, 1, 2],
        [1, 2, 3, 5],
      ],
    ],
    expected: [
      [1, 2],
      [1.5, 4],
    ],
  },
];

// tanh and the like are left out by linear activations, so that a hand can follow.
const linear = { activation: 'linear', recurrentActivation: 'linear' };

const recurrent: readonly Example[] = [
  {
    // 1, then 2 + 10.
    className: 'SimpleRNN',
    config: { activation: 'linear', returnSequences: true },
    inputs: [
      [
        [1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [[1, 1], [1]],
      [[1, 1], [10]],
    ],
    expected: [
      [1, 2, 1],
      [1, 12],
    ],
  },
  {
    className: 'SimpleRNN',
    config: { activation: 'linear', goBackwards: true },
    inputs: [
      [
        [1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [[1, 1], [1]],
      [[1, 1], [10]],
    ],
    expected: [[1, 1], [21]],
  },
  {
    // The second step doesn't count: 1, 1, 3 + 10.
    className: 'SimpleRNN',
    config: { activation: 'linear', returnSequences: true },
    inputs: [
      [
        [1, 3, 1],
        [1, 2, 3],
      ],
    ],
    weights: [
      [[1, 1], [1]],
      [[1, 1], [10]],
    ],
    mask: [
      [1, 3],
      [1, 0, 1],
    ],
    expected: [
      [1, 3, 1],
      [1, 1, 13],
    ],
  },
  {
    // First step: z = 2, hh = 1, h = (1 - 2) 1 = -1. Second: z = 2 x 3 = 6, r = 3 - 1 = 2, hh = 3 + 2 (-1) 5
    // = -7; h = 6 (-1) + (1 - 6) (-7) = 29.
    className: 'GRU',
    config: { ...linear, returnSequences: true },
    inputs: [
      [
        [1, 2, 1],
        [1, 3],
      ],
    ],
    weights: [
      [
        [1, 3],
        [2, 1, 1],
      ],
      [
        [1, 3],
        [0, 1, 5],
      ],
    ],
    expected: [
      [1, 2, 1],
      [-1, 29],
    ],
  },
  {
    // First step of 1: i = 2, f = 3, candidate = 1, o = 1; c = 2, h = 2. Second step of 1, with 1 of h into
    // the candidate: c = 3 x 2 + 2 (1 + 2) = 12, h = 12.
    className: 'LSTM',
    config: { ...linear, returnSequences: true },
    inputs: [
      [
        [1, 2, 1],
        [1, 1],
      ],
    ],
    weights: [
      [
        [1, 4],
        [2, 3, 1, 1],
      ],
      [
        [1, 4],
        [0, 0, 1, 0],
      ],
    ],
    expected: [
      [1, 2, 1],
      [2, 12],
    ],
  },
  {
    // The same, in one pixel.
    className: 'ConvLSTM2D',
    config: { ...linear, kernelSize: 1 },
    inputs: [
      [
        [1, 2, 1, 1, 1],
        [1, 1],
      ],
    ],
    weights: [
      [
        [1, 1, 1, 4],
        [2, 3, 1, 1],
      ],
      [
        [1, 1, 1, 4],
        [0, 0, 1, 0],
      ],
    ],
    expected: [[1, 1, 1, 1], [12]],
  },
  {
    // Forward 1, 12; backward 2, 21, turned to the order of the steps.
    className: 'Bidirectional',
    config: {
      layer: { className: 'SimpleRNN', config: { activation: 'linear', returnSequences: true } },
      mergeMode: 'concat',
    },
    inputs: [
      [
        [1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [[1, 1], [1]],
      [[1, 1], [10]],
      [[1, 1], [1]],
      [[1, 1], [10]],
    ],
    expected: [
      [1, 2, 2],
      [1, 21, 12, 2],
    ],
  },
  {
    // Two cells, each of which adds 10 of its own state: 1, then 2 + 10 = 12; upon it 1, then 12 + 10 = 22.
    className: 'RNN',
    config: {
      cell: {
        className: 'StackedRNNCells',
        config: {
          cells: Array(2).fill({
            className: 'SimpleRNNCell',
            config: { activation: 'linear', useBias: false },
          }),
        },
      },
    },
    inputs: [
      [
        [1, 2, 1],
        [1, 2],
      ],
    ],
    weights: [
      [[1, 1], [1]],
      [[1, 1], [10]],
      [[1, 1], [1]],
      [[1, 1], [10]],
    ],
    expected: [[1, 1], [22]],
  },
  {
    className: 'TimeDistributed',
    config: { layer: { className: 'Dense', config: { units: 1 } } },
    inputs: [[[1, 2, 2], range(4)]],
    weights: [
      [
        [2, 1],
        [1, 10],
      ],
    ],
    expected: [
      [1, 2, 1],
      [21, 43],
    ],
  },
];

const other: readonly Example[] = [
  {
    className: 'BatchNormalization',
    config: { axis: 1, epsilon: 0 },
    inputs: [
      [
        [1, 2, 2],
        [3, 5, 12, 8],
      ],
    ],
    weights: [
      [[2], [1, 2]],
      [[2], [0, 1]],
      [[2], [1, 10]],
      [[2], [1, 4]],
    ],
    expected: [
      [1, 2, 2],
      [2, 4, 3, -1],
    ],
  },
  {
    // Means 2 and 20, deviations 1 and 10.
    className: 'LayerNormalization',
    config: { epsilon: 0, scale: false, center: false },
    inputs: [
      [
        [2, 2],
        [1, 3, 10, 30],
      ],
    ],
    expected: [
      [2, 2],
      [-1, 1, -1, 1],
    ],
  },
  {
    // Over the first axis of each sample: 1 and 3, 10 and 30.
    className: 'LayerNormalization',
    config: { axis: 1, epsilon: 0, center: false },
    inputs: [
      [
        [1, 2, 2],
        [1, 10, 3, 30],
      ],
    ],
    weights: [[[2], [1, 2]]],
    expected: [
      [1, 2, 2],
      [-1, -1, 2, 2],
    ],
  },
  {
    className: 'PReLU',
    config: { sharedAxes: [2] },
    inputs: [
      [
        [1, 2, 2],
        [-1, -1, -1, 1],
      ],
    ],
    weights: [
      [
        [2, 1],
        [1, 2],
      ],
    ],
    expected: [
      [1, 2, 2],
      [-1, -1, -2, 1],
    ],
  },
  {
    // Halfway between the columns, and beyond the last one nothing more.
    className: 'UpSampling2D',
    config: { size: [1, 2], interpolation: 'bilinear' },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 3],
      ],
    ],
    expected: [
      [1, 1, 4, 1],
      [1, 2, 3, 3],
    ],
  },
  {
    className: 'UpSampling2D',
    config: { size: [1, 2] },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 3],
      ],
    ],
    expected: [
      [1, 1, 4, 1],
      [1, 1, 3, 3],
    ],
  },
  {
    className: 'Resizing',
    config: { height: 1, width: 3 },
    inputs: [
      [
        [1, 1, 2, 1],
        [1, 3],
      ],
    ],
    expected: [
      [1, 1, 3, 1],
      [1, 2, 3],
    ],
  },
  {
    // Rows 0.8, 2 and 3.2 of 5.
    className: 'CenterCrop',
    config: { height: 3, width: 1 },
    inputs: [[[1, 5, 1, 1], range(5, 0)]],
    expected: [
      [1, 3, 1, 1],
      [1, 2, 3],
    ],
  },
  {
    className: 'ZeroPadding2D',
    config: {
      padding: [
        [0, 1],
        [1, 0],
      ],
    },
    inputs: [[[1, 1, 1, 1], [5]]],
    expected: [
      [1, 2, 2, 1],
      [0, 5, 0, 0],
    ],
  },
  {
    className: 'Cropping2D',
    config: {
      cropping: [
        [0, 1],
        [1, 0],
      ],
    },
    inputs: [[[1, 2, 2, 1], range(4)]],
    expected: [[1, 1, 1, 1], [2]],
  },
  {
    className: 'Permute',
    config: { dims: [2, 1] },
    inputs: [[[1, 2, 3], range(6)]],
    expected: [
      [1, 3, 2],
      [1, 4, 2, 5, 3, 6],
    ],
  },
  {
    className: 'Flatten',
    config: { dataFormat: 'channelsFirst' },
    inputs: [[[1, 2, 2], range(4)]],
    expected: [
      [1, 4],
      [1, 3, 2, 4],
    ],
  },
  {
    // Rows by columns: (1, 2) with (5, 7) and (6, 8), then (3, 4).
    className: 'Dot',
    config: { axes: [2, 1] },
    inputs: [
      [[1, 2, 2], range(4)],
      [[1, 2, 2], range(4, 5)],
    ],
    expected: [
      [1, 2, 2],
      [19, 22, 43, 50],
    ],
  },
  {
    className: 'Dot',
    config: { axes: 1, normalize: true },
    inputs: [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 2],
        [10, 0],
      ],
    ],
    expected: [[1, 1], [0.6]],
  },
  {
    className: 'Add',
    inputs: [
      [[1, 2, 2], range(4)],
      [
        [1, 2],
        [10, 20],
      ],
    ],
    expected: [
      [1, 2, 2],
      [11, 22, 13, 24],
    ],
  },
  {
    className: 'Concatenate',
    config: { axis: 1 },
    inputs: [
      [[1, 1, 2], range(2)],
      [[1, 2, 2], range(4, 3)],
    ],
    expected: [[1, 3, 2], range(6)],
  },
  {
    className: 'CategoryEncoding',
    config: { numTokens: 3, outputMode: 'count' },
    inputs: [
      [
        [1, 4],
        [0, 2, 2, 0],
      ],
    ],
    expected: [
      [1, 3],
      [2, 0, 2],
    ],
  },
  {
    className: 'Embedding',
    inputs: [
      [
        [1, 2],
        [1, 0],
      ],
    ],
    weights: [[[2, 2], range(4)]],
    expected: [
      [1, 2, 2],
      [3, 4, 1, 2],
    ],
  },
  {
    className: 'Softmax',
    config: { axis: 1 },
    inputs: [
      [
        [1, 2, 1],
        [0, Math.log(3)],
      ],
    ],
    expected: [
      [1, 2, 1],
      [0.25, 0.75],
    ],
  },
];

describe.each([
  ['a window', sliding],
  ['steps', recurrent],
  ['else', other],
])('layers with %s', (_, examples) => {
  test.each(examples)(
    '$className $config',
    ({ className, config = {}, inputs, weights = [], mask, expected }) => {
      const read = arrays(inputs);
      const layer = {
        ...describeLayer({ className, config }, read[0]!),
        weights: arrays(weights),
        ...(mask && { mask: ndArray(...mask) }),
      };
      const [output] = applyLayer(registry.plugin(className), layer, read);
      expect(output!.shape).toEqual(expected[0]);
      // Sums of a few float64 products.
      expect([...output!.data].map((value) => Number(value.toPrecision(12)))).toEqual(expected[1]);
    },
  );
});

test('masks are joined with their inputs', () => {
  const [first, second] = [ndArray([1, 2, 1], [1, 2]), ndArray([1, 2, 2], range(4))];
  const mask = ndArray([1, 2], [1, 0]);
  const join = (axis: number, inputs: NdArray[], masks: (NdArray | undefined)[]) => {
    const plugin = registry.plugin('Concatenate')!;
    const made = plugin.makeMask!(
      describeLayer({ className: 'Concatenate', config: { axis } }, first),
      inputs,
      masks,
    );
    return made && [...made.data];
  };
  expect(join(-1, [first, second], [undefined, mask])).toEqual([1, 0]);
  expect(join(-1, [first, second], [mask, ndArray([1, 2], [0, 1])])).toEqual([0, 0]);
  expect(join(1, [first, first], [mask, undefined])).toEqual([1, 0, 1, 1]);
  expect(join(-1, [first, second], [undefined, undefined])).toBeUndefined();
});

test('a mask that is not one of the steps is refused', () => {
  const layer = {
    ...describeLayer({ className: 'GRU' }, ndArray([1, 2, 1], [1, 2])),
    mask: ndArray([1, 3], [1, 1, 0]),
    weights: arrays([
      [[1, 3], range(3)],
      [[1, 3], range(3)],
    ]),
  };
  const run = () => applyLayer(registry.plugin('GRU'), layer, [ndArray([1, 2, 1], [1, 2])]);
  expect(run).toThrow(/A mask of shape \[1,3\] came for 1 sequences of 2 steps/);
});

test('steps count where one feature is another value than the mask', () => {
  const maskOf = (className: string, config: Record<string, unknown>, input: NdArray) =>
    registry.plugin(className)?.makeMask?.(describeLayer({ className, config }, input), [input], []);
  expect([...maskOf('Masking', { maskValue: 2 }, ndArray([1, 2, 2], [2, 2, 2, 3]))!.data]).toEqual([0, 1]);
  expect([...maskOf('Embedding', { maskZero: true }, ndArray([1, 2], [0, 3]))!.data]).toEqual([0, 1]);
  expect(maskOf('Embedding', {}, ndArray([1, 2], [0, 3]))).toBeUndefined();
});

describe('states', () => {
  const weights = (...recurrent: number[]) =>
    arrays([
      [
        [1, 4],
        [2, 3, 1, 5],
      ],
      [[1, 4], recurrent],
    ]);
  const run = (layer: Partial<WeightedLayer> & Pick<WeightedLayer, 'className'>, ...inputs: NdArray[]) =>
    applyLayer(
      registry.plugin(layer.className),
      { ...describeLayer(layer, inputs[0]!), ...layer },
      inputs,
    ).map(({ data }) => [...data]);
  const input = ndArray([1, 1, 1], [1]);
  const stateful = { ...linear, returnState: true };

  test('follow the output where they are asked for', () => {
    // c = 2, h = 5 x 2.
    const lstm = { className: 'LSTM', config: stateful, weights: weights(0, 0, 0, 0) };
    expect(run(lstm, input)).toEqual([[10], [10], [2]]);
  });

  test('may be given after the input', () => {
    // From h = 1 and c = 10: c = 3 x 10 + 2 (1 + 1) = 34, h = 5 x 34.
    const lstm = { className: 'LSTM', config: stateful, weights: weights(0, 0, 1, 0) };
    const states = [ndArray([1, 1], [1]), ndArray([1, 1], [10])];
    expect(run(lstm, input, ...states)).toEqual([[170], [170], [34]]);
  });

  test('of stacked cells are those of the last cell first', () => {
    // Each cell doubles its input: 2, then 4.
    const cell = { className: 'SimpleRNNCell', config: { activation: 'linear', useBias: false } };
    const cells = { className: 'StackedRNNCells', config: { cells: [cell, cell] } };
    const matrix = (value: number) => ndArray([1, 1], [value]);
    const rnn = {
      className: 'RNN',
      config: { cell: cells, returnState: true },
      weights: [matrix(2), matrix(10), matrix(2), matrix(10)],
    };
    expect(run(rnn, input)).toEqual([[4], [4], [2]]);
    // From 3 in the last cell and 1 in the first: 2 + 10, then 24 + 30.
    expect(run(rnn, input, matrix(3), matrix(1))).toEqual([[54], [54], [12]]);
  });
});
