import '@fuseinit/test-inputs/start-wasm';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, describe, expect, test } from 'vitest';
import type { Layer, Tensor5D } from '../tensorflow.js';
import { repairKernels } from './repair-kernels.js';

afterAll(() => tf.setBackend('cpu'));

type Array_ = readonly [shape: number[], values: number[]];

interface Example {
  readonly name: string;
  readonly layer: () => Layer;
  readonly input: Array_;
  /** The weights in the layer's order. */
  readonly weights: readonly Array_[];
  /** The expected output, computed by hand. */
  readonly expected: readonly number[];
  /** The backends on which TensorFlow.js 4.22 computes something else. */
  readonly wrongOn: readonly string[];
}

const ones = (...shape: number[]): Array_ => [shape, Array(shape.reduce((a, b) => a * b, 1)).fill(1)];
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
/** An array of shape [1, depth, 1, 1, 1]. */
const column = (values: number[]): Array_ => [[1, values.length, 1, 1, 1], values];
const same = { padding: 'same', useBias: false } as const;

const examples: readonly Example[] = [
  {
    // The windows have three columns, begin at columns 0 and 2 and include a zero on each side. The second
    // row isn't read.
    name: 'conv2d',
    layer: () => tf.layers.conv2d({ filters: 1, kernelSize: [1, 3], strides: 2, ...same }),
    input: [[1, 2, 3, 1], range(6)],
    weights: [ones(1, 3, 1, 1)],
    expected: [3, 5],
    wrongOn: ['wasm'],
  },
  {
    name: 'conv2d without what stands after the windows',
    layer: () => tf.layers.conv2d({ filters: 1, kernelSize: [1, 2], strides: [1, 3], ...same }),
    input: [[1, 1, 6, 1], range(6)],
    weights: [ones(1, 2, 1, 1)],
    expected: [3, 9],
    wrongOn: ['wasm'],
  },
  {
    name: 'conv1d',
    layer: () => tf.layers.conv1d({ filters: 1, kernelSize: 2, strides: 3, ...same }),
    input: [[1, 9, 1], range(9)],
    weights: [ones(2, 1, 1)],
    expected: [3, 9, 15],
    wrongOn: ['wasm'],
  },
  {
    name: 'depthwiseConv2d',
    layer: () => tf.layers.depthwiseConv2d({ kernelSize: [1, 3], strides: 2, ...same }),
    input: [[1, 2, 3, 1], range(6)],
    weights: [ones(1, 3, 1, 1)],
    expected: [3, 5],
    wrongOn: ['wasm'],
  },
  {
    name: 'separableConv2d',
    layer: () => tf.layers.separableConv2d({ filters: 1, kernelSize: [1, 3], strides: 2, ...same }),
    input: [[1, 2, 3, 1], range(6)],
    weights: [ones(1, 3, 1, 1), [[1, 1, 1, 1], [2]]],
    expected: [6, 10],
    wrongOn: ['wasm'],
  },
  {
    name: 'conv3d',
    layer: () => tf.layers.conv3d({ filters: 1, kernelSize: 1, strides: 2, ...same }),
    input: column([1, 2, 3, 4]),
    weights: [[[1, 1, 1, 1, 1], [10]]],
    expected: [10, 30],
    wrongOn: ['cpu', 'wasm'],
  },
  {
    name: 'averagePooling3d',
    layer: () => tf.layers.averagePooling3d({ poolSize: 1, strides: 2, padding: 'same' }),
    input: column([1, 2, 3, 4]),
    weights: [],
    expected: [1, 3],
    wrongOn: ['cpu', 'wasm'],
  },
  {
    name: 'maxPooling3d',
    layer: () => tf.layers.maxPooling3d({ poolSize: 1, strides: 3, padding: 'same' }),
    input: column(range(6)),
    weights: [],
    expected: [1, 4],
    wrongOn: ['cpu', 'wasm'],
  },
  {
    name: 'maxPooling3d of negative values',
    layer: () => tf.layers.maxPooling3d({ poolSize: [2, 1, 1] }),
    input: column([-1, -2, -4, -3]),
    weights: [],
    expected: [-1, -3],
    wrongOn: ['wasm'],
  },
  {
    name: 'maxPooling3d of negative values and padding',
    layer: () => tf.layers.maxPooling3d({ poolSize: 2, padding: 'same' }),
    input: column([-1, -2, -3]),
    weights: [],
    expected: [-1, -3],
    wrongOn: ['wasm'],
  },
  {
    name: 'conv3dTranspose with gaps',
    layer: () => tf.layers.conv3dTranspose({ filters: 1, kernelSize: 1, strides: [2, 1, 1], ...same }),
    input: column([1, 2]),
    weights: [[[1, 1, 1, 1, 1], [10]]],
    expected: [10, 0, 20, 0],
    wrongOn: ['cpu', 'wasm'],
  },
  {
    name: 'conv3dTranspose of two channels',
    layer: () => tf.layers.conv3dTranspose({ filters: 1, kernelSize: 1, useBias: false }),
    input: [[1, 2, 1, 1, 2], range(4)],
    weights: [
      [
        [1, 1, 1, 1, 2],
        [1, 10],
      ],
    ],
    expected: [21, 43],
    wrongOn: ['wasm'],
  },
  {
    // The output is 1 (1, 10) plus, one position further, 2 (1, 10). Every value appears twice, since both
    // filters are equal.
    name: 'conv3dTranspose that overlaps',
    layer: () => tf.layers.conv3dTranspose({ filters: 2, kernelSize: [2, 1, 1], useBias: false }),
    input: column([1, 2]),
    weights: [
      [
        [2, 1, 1, 2, 1],
        [1, 1, 10, 10],
      ],
    ],
    expected: [1, 1, 12, 12, 20, 20],
    wrongOn: [],
  },
  {
    name: 'batchNormalization over the first axis',
    layer: () => tf.layers.batchNormalization({ axis: 1, epsilon: 0 }),
    input: [
      [1, 2, 2],
      [3, 5, 12, 8],
    ],
    weights: [
      [[2], [1, 2]],
      [[2], [0, 1]],
      [[2], [1, 10]],
      [[2], [1, 4]],
    ],
    expected: [2, 4, 3, -1],
    wrongOn: ['cpu', 'wasm'],
  },
  {
    name: 'prelu',
    layer: () => tf.layers.prelu({ sharedAxes: [2] }),
    input: [
      [1, 2, 2],
      [-1, -1, -1, 1],
    ],
    weights: [
      [
        [2, 1],
        [1, 2],
      ],
    ],
    expected: [-1, -1, -2, 1],
    wrongOn: ['wasm'],
  },
  {
    // By definition, the rows 0.8, 2 and 3.2 are sampled.
    name: 'centerCrop of the whole width',
    layer: () => tf.layers.centerCrop({ height: 3, width: 2 }),
    input: [[1, 5, 2, 1], range(10)],
    weights: [],
    expected: range(10).slice(2, 8),
    wrongOn: ['wasm'],
  },
];

function valuesOf({ layer: create, input, weights }: Example): number[] {
  return tf.tidy(() => {
    const layer = create();
    const x = tf.tensor(input[1], input[0]);
    layer.apply(x);
    layer.setWeights(weights.map(([shape, values]) => tf.tensor(values, shape)));
    const values = Array.from((layer.apply(x) as ReturnType<typeof tf.tensor>).dataSync());
    for (const weight of layer.weights) weight.dispose();
    return values.map((value) => Number(value.toPrecision(6)));
  });
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  test.each(examples)('$name: known as it is in stock', async (example) => {
    await tf.setBackend(backend);
    const values = valuesOf(example);
    // If this fails one day, TensorFlow.js has fixed a kernel, and its entry in the table of faults can be
    // removed.
    if (example.wrongOn.includes(backend)) expect(values).not.toEqual(example.expected);
    else expect(values).toEqual(example.expected);
  });

  test('what is wrong is repaired, once', async () => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    expect(repairKernels(tf)).toContain('FusedBatchNorm');
    expect(repairKernels(tf)).toEqual([]);
    for (const example of examples)
      expect([example.name, ...valuesOf(example)]).toEqual([example.name, ...example.expected]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each(['cpu', 'wasm'])(
  'on %s, repaired, gradients are those of the windows that are read',
  async (backend) => {
    await tf.setBackend(backend);
    repairKernels(tf);
    const volume = (...values: number[]) => tf.tensor(values, [1, values.length, 1, 1, 1]) as Tensor5D;
    const gradient = (of: (x: Tensor5D) => unknown, at: Tensor5D) =>
      tf.tidy(() =>
        Array.from(
          tf
            .grad((x) => (of(x as Tensor5D) as Tensor5D).sum())(at)
            .dataSync(),
        ),
      );
    const kernel = (values: number[], padding: 'same' | 'valid') =>
      gradient((filter) => tf.conv3d(volume(...values), filter, 2, padding), volume(1));
    // The windows read the first of two positions, and the first and third of three.
    expect(kernel([1, 2], 'same')).toEqual([1]);
    expect(kernel([1, 2, 3], 'valid')).toEqual([4]);
    expect(gradient((x) => tf.conv3d(x, volume(10), 2, 'same'), volume(1, 2))).toEqual([10, 0]);
    expect(gradient((x) => tf.avgPool3d(x, 1, 2, 'same'), volume(1, 2))).toEqual([1, 0]);
    expect(gradient((x) => tf.maxPool3d(x, 1, 2, 'same'), volume(1, 2))).toEqual([1, 0]);
    expect(gradient((x) => tf.maxPool3d(x, [2, 1, 1], 3, 'same'), volume(-1, -2, -3))).toEqual([1, 0, 0]);
  },
);

test('PReLU on wasm, once repaired, has the values and gradients of cpu', async () => {
  const alphas = [[3], [1, 1, 3], [1, 4, 1], [5, 1, 1], [5, 4, 1], [5, 4, 3], [1]];
  /** Whole numbers, whose sums aren't rounded in any order. */
  const whole = (shape: number[], seed: number) =>
    tf.randomUniform(shape, -3.5, 3.5, 'float32', seed).round();
  const outputs = async (backend: string) => {
    await tf.setBackend(backend);
    return tf.tidy(() =>
      alphas.flatMap((shape, index) => {
        const x = whole([2, 5, 4, 3], index + 1);
        const alpha = whole(shape, index + 10);
        const gradients = tf.grads((...of) => tf.prelu(of[0]!, of[1]!).sum());
        // Adding 0 removes the sign of zeros, which doesn't matter.
        return [tf.prelu(x, alpha), ...gradients([x, alpha])].map((tensor) => ({
          shape: tensor.shape,
          values: Array.from(tensor.add(0).dataSync()),
        }));
      }),
    );
  };
  const cpu = await outputs('cpu');
  await tf.setBackend('wasm');
  repairKernels(tf);
  expect(await outputs('wasm')).toEqual(cpu);
});
