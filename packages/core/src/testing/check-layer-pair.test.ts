import { describe, expect, test } from 'vitest';
import { multiplyRows, type NdArray, reshape } from '../array/nd-array.js';
import { composeGeometry } from '../geometry/compose-geometry.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import { pairMember } from '../plugin/call-plugin.js';
import {
  defineLayerPair,
  type FusedLayer,
  type LayerPairPlugin,
  type PairMember,
  type SolvedWeights,
} from '../plugin/layer-plugin.js';
import { convolve, depthwiseConvolve } from '../reference/sliding-layers.js';
import { codeOf } from '../testing-support/properties.test-support.js';
import { randomArray } from './check.js';
import { checkLayerPair } from './check-layer-pair.js';

/** Fuses a `DepthwiseConv2D` and the 1x1 `Conv2D` after it into one `Conv2D`. */
const depthwisePointwise = defineLayerPair({
  specVersion: 1,
  name: '@acme/fuseinit-separable',
  layers: ['DepthwiseConv2D', 'Conv2D'],
  fuse({ first, second }) {
    if (!second.geometry.kernelSize.every((size) => size === 1)) return null;
    const geometry = composeGeometry(first.geometry, second.geometry);
    const inChannels = first.inputShape.at(-1)!;
    const filters = second.outputShape.at(-1)!;
    return {
      className: 'Conv2D',
      config: {
        filters,
        kernelSize: geometry.kernelSize,
        strides: geometry.strides,
        activation: second.activation,
      },
      geometry,
      toWeights: ({ kernel, bias }) => [reshape(kernel, [...geometry.kernelSize, inChannels, filters]), bias],
    };
  },
} satisfies LayerPairPlugin);

function member(className: string, geometry: PatchGeometry, inChannels: number, filters: number): PairMember {
  return {
    name: className.toLowerCase(),
    className,
    config: {},
    inputShape: [...geometry.inputSize, inChannels],
    outputShape: [...geometry.outputSize, filters],
    roles: { begins: true, inside: true, ends: true },
    lowering: { reads: 'window', geometry },
    activation: 'relu',
    geometry,
  };
}

const depthwise = patchGeometry({ inputSize: [7, 8], kernelSize: [3, 2], strides: [2, 2], padding: 'same' });
const pointwise = patchGeometry({ inputSize: depthwise.outputSize, kernelSize: [1, 1] });
const first = member('DepthwiseConv2D', depthwise, 3, 6);
const second = member('Conv2D', pointwise, 6, 4);
const kernels = [randomArray(1, [3, 2, 3, 2]), randomArray(2, [1, 1, 6, 4])] as const;
const biases = [randomArray(3, [6]), randomArray(4, [4])] as const;
const input = randomArray(5, [12, 7, 8, 3]);

function teacher(images: NdArray): NdArray {
  return convolve(
    depthwiseConvolve(images, kernels[0], biases[0], depthwise),
    kernels[1],
    biases[1],
    pointwise,
  );
}

const pair = { first, second, input, teacher };

test('the plugin of the documentation passes, and its fused layer is returned', () => {
  const fused = checkLayerPair(depthwisePointwise, pair);
  expect(fused.className).toBe('Conv2D');
  expect(fused.config).toEqual({ filters: 4, kernelSize: [3, 2], strides: [2, 2], activation: 'relu' });
  expect(fused.geometry).toEqual({ ...depthwise });
});

/** The plugin with one thing of its fused layer changed. */
function planted(change: (fused: FusedLayer) => Partial<FusedLayer>): LayerPairPlugin {
  return {
    ...depthwisePointwise,
    fuse(members) {
      const fused = depthwisePointwise.fuse(members);
      return fused && { ...fused, ...change(fused) };
    },
  };
}

const withGeometry = (options: Partial<Parameters<typeof patchGeometry>[0]>) =>
  planted(({ geometry }) => ({ geometry: patchGeometry({ ...geometry!, ...options }) }));

const withConfig = (config: object) => planted((fused) => ({ config: { ...fused.config, ...config } }));

const withWeights = (change: (weights: readonly NdArray[]) => readonly NdArray[]) =>
  planted(({ toWeights }) => ({ toWeights: (solved) => change(toWeights(solved)) }));

const withData = (change: (value: number) => number) =>
  withWeights((weights) => weights.map(({ shape, data }) => ({ shape, data: data.map(change) })));

let firstWeights: readonly NdArray[] | undefined;
let asked = 0;

/** The place of a number of a kernel [3, 2, 3, 4] whose first two input channels are swapped. */
const swapped = (at: number): number => {
  const channel = Math.floor(at / 4) % 3;
  return channel === 2 ? at : at + (channel === 0 ? 4 : -4);
};

const filled = ({ shape, data }: NdArray, value: number): NdArray => ({ shape, data: data.map(() => value) });

/** A kernel [rows, columns] with its numbers in the order of its transpose. */
function transposed({ kernel }: SolvedWeights): Float64Array {
  const [rows, columns] = [kernel.shape[0]!, kernel.shape[1]!];
  return kernel.data.map((_, index) => kernel.data[(index % rows) * columns + Math.floor(index / rows)]!);
}

const faults: [string, LayerPairPlugin][] = [
  [
    'shifts the window',
    withGeometry({
      padding: [
        [0, 2],
        [0, 0],
      ],
    }),
  ],
  [
    'shifts the padding off centre',
    withGeometry({
      padding: [
        [2, 0],
        [0, 0],
      ],
    }),
  ],
  [
    'forgets a part of the kernel',
    planted(({ geometry }) => ({ geometry: { ...geometry!, kernelSize: [3, 1] } })),
  ],
  ['gives windows of another number', withGeometry({ padding: 'valid' })],
  [
    'transposes the kernel',
    planted((fused) => ({
      toWeights: (solved) => [{ ...fused.toWeights(solved)[0]!, data: transposed(solved) }, solved.bias],
    })),
  ],
  ['drops the bias', planted((fused) => ({ toWeights: (solved) => fused.toWeights(solved).slice(0, 1) }))],
  [
    'flips the kernel',
    planted((fused) => ({
      toWeights: (solved) => {
        const [kernel] = fused.toWeights(solved);
        const taps = 6;
        const width = kernel!.data.length / taps;
        const data = kernel!.data.map(
          (_, index) => kernel!.data[(taps - 1 - Math.floor(index / width)) * width + (index % width)]!,
        );
        return [{ ...kernel!, data }, solved.bias];
      },
    })),
  ],
  ['returns null', { ...depthwisePointwise, fuse: () => null }],
  ['returns nothing', { ...depthwisePointwise, fuse: () => undefined as never }],
  ['has no function', { ...depthwisePointwise, fuse: undefined as never }],
  ['has no name', { ...depthwisePointwise, name: undefined as never }],
  [
    'throws',
    {
      ...depthwisePointwise,
      fuse: () => {
        throw new TypeError('oops');
      },
    },
  ],
  ['gives no activation', withConfig({ activation: undefined })],
  ['gives another activation', withConfig({ activation: 'tanh' })],
  ['gives no filters', withConfig({ filters: undefined })],
  ['gives other filters', withConfig({ filters: 5 })],
  ['gives another kernel size', withConfig({ kernelSize: [2, 3] })],
  ['gives no kernel size', withConfig({ kernelSize: undefined })],
  ['gives no strides', withConfig({ strides: undefined })],
  ['gives other strides', withConfig({ strides: 1 })],
  ['gives a dilation', withConfig({ dilationRate: [2, 1] })],
  ['gives no bias to the layer', withConfig({ useBias: false })],
  ['gives channels first', withConfig({ dataFormat: 'channelsFirst' })],
  ['gives a constraint', withConfig({ kernelConstraint: 'nonNeg' })],
  ['gives weights in the config', withConfig({ weights: [] })],
  ['gives the shape of an input', withConfig({ inputShape: [7, 8, 3] })],
  ['gives another dtype', withConfig({ dtype: 'int32' })],
  ['gives a class of another rank', planted(() => ({ className: 'Conv1D' }))],
  ['gives surplus weights', withWeights(([kernel, bias]) => [kernel!, bias!, bias!])],
  ['gives the bias first', withWeights((weights) => weights.toReversed())],
  ['gives a kernel of another shape', withWeights(([kernel, bias]) => [reshape(kernel!, [18, 4]), bias!])],
  ['gives NaN', withWeights(([kernel, bias]) => [kernel!, filled(bias!, Number.NaN)])],
  ['gives a bias of zeros', withWeights(([kernel, bias]) => [kernel!, filled(bias!, 0)])],
  [
    'drops small weights',
    withWeights(([kernel, bias]) => [
      { ...kernel!, data: kernel!.data.map((value) => (Math.abs(value) < 0.1 ? 0 : value)) },
      bias!,
    ]),
  ],
  [
    'changes the solution in place',
    planted(({ toWeights }) => ({
      toWeights: (solved) => {
        solved.kernel.data[0]! *= 2;
        return toWeights(solved);
      },
    })),
  ],
  ['drops weights below 1e-4', withData((value) => (Math.abs(value) < 1e-4 ? 0 : value))],
  ['drops weights below 1e-7', withData((value) => (Math.abs(value) < 1e-7 ? 0 : value))],
  ['limits weights to 1000', withData((value) => Math.max(-1000, Math.min(1000, value)))],
  ['rounds weights to float32', withData(Math.fround)],
  ['rounds weights to steps of 2^-40', withData((value) => Math.round(value * 2 ** 40) / 2 ** 40)],
  [
    'swaps two channels',
    withWeights(([kernel, bias]) => [
      { ...kernel!, data: kernel!.data.map((_, at) => kernel!.data[swapped(at)]!) },
      bias!,
    ]),
  ],
  [
    'ignores a kernel position',
    withWeights(([kernel, bias]) => [
      { ...kernel!, data: kernel!.data.map((value, at) => (at < 12 ? 0 : value)) },
      bias!,
    ]),
  ],
  [
    'adds the bias to the kernel',
    withWeights(([kernel, bias]) => [
      { ...kernel!, data: kernel!.data.map((value, at) => value + bias!.data[at % 4]!) },
      bias!,
    ]),
  ],
  [
    'drops a bias below zero',
    withWeights(([kernel, bias]) => [
      kernel!,
      { ...bias!, data: bias!.data.map((value) => Math.max(0, value)) },
    ]),
  ],
  [
    'drops the bias where the kernel is zero',
    withWeights(([kernel, bias]) => [
      kernel!,
      kernel!.data.some((value) => value !== 0) ? bias! : filled(bias!, 0),
    ]),
  ],
  [
    'gives the first solution each time',
    planted(({ toWeights }) => ({ toWeights: (solved) => (firstWeights ??= toWeights(solved)) })),
  ],
  [
    'gives another geometry each time',
    planted(({ config }) => ({ config: { ...config, trainable: asked++ % 2 === 0 } })),
  ],
  [
    'changes the layers that it is given',
    {
      ...depthwisePointwise,
      fuse(members) {
        (members.second.config as Record<string, unknown>).units = 4;
        return depthwisePointwise.fuse(members);
      },
    },
  ],
  ['names other layers', { ...depthwisePointwise, layers: ['Conv2D', 'Conv2D'] }],
  ['fuses into a class that nobody knows', planted(() => ({ className: 'LocallyConnected2D' }))],
];

test.each(faults)('a plugin that %s fails', (_, plugin) => {
  const own = { ...pair, second: { ...second, config: { ...second.config } } };
  expect(codeOf(() => checkLayerPair(plugin, own))).toBe('CHECK_FAILED');
});

test('a channel of zeros in the data does not hide what toWeights does to it', () => {
  const blind = withWeights(([kernel, bias]) => [
    { ...kernel!, data: kernel!.data.map((value, at) => (Math.floor(at / 4) % 3 === 1 ? 0 : value)) },
    bias!,
  ]);
  const dark = { ...input, data: input.data.map((value, at) => (at % 3 === 1 ? 0 : value)) };
  expect(() => checkLayerPair(blind, { ...pair, input: dark })).toThrow(/with a drawn solution/);
});

test('numbers in the config stand for every axis, as in tfjs-layers', () => {
  const square = withConfig({ strides: 2, dilationRate: 1, useBias: true });
  expect(checkLayerPair(square, pair).className).toBe('Conv2D');
});

test('an input of another shape, or a teacher with another output, fails', () => {
  const other = randomArray(5, [12, 8, 7, 3]);
  expect(codeOf(() => checkLayerPair(depthwisePointwise, { ...pair, input: other }))).toBe('CHECK_FAILED');
  const narrow = member('Conv2D', pointwise, 6, 3);
  expect(codeOf(() => checkLayerPair(depthwisePointwise, { ...pair, second: narrow }))).toBe('CHECK_FAILED');
});

test('a teacher that is not linear fails', () => {
  const bent = (images: NdArray): NdArray => {
    const { shape, data } = teacher(images);
    return { shape, data: data.map((value) => Math.max(0, value)) };
  };
  expect(codeOf(() => checkLayerPair(depthwisePointwise, { ...pair, teacher: bent }))).toBe('CHECK_FAILED');
});

describe('other fused layers', () => {
  const denseKernel = randomArray(8, [4 * 4 * 4, 2]);
  const toDense = (layers: LayerPairPlugin['layers'], change: Partial<FusedLayer> = {}) =>
    defineLayerPair({
      specVersion: 1,
      name: '@acme/dense',
      layers,
      fuse: ({ second: last }) => ({
        className: 'Dense',
        config: { units: last.outputShape.at(-1)!, activation: last.activation },
        geometry: null,
        toWeights: ({ kernel, bias }) => [kernel, bias],
        ...change,
      }),
    });
  const rows = (name: string, inputs: number, units: number) =>
    pairMember({
      ...second,
      name,
      className: 'Dense',
      inputShape: [inputs],
      outputShape: [units],
      lowering: { reads: 'everything' },
    });

  test('a Dense reads the whole input of a convolution and a dense layer', () => {
    const flat = (images: NdArray): NdArray => {
      const output = teacher(images);
      return multiplyRows(reshape(output, [images.shape[0]!, 64]), denseKernel);
    };
    const options = {
      first,
      second: rows('dense', 64, 2),
      input: randomArray(6, [200, 7, 8, 3]),
      teacher: flat,
    };
    const plugin = toDense(['DepthwiseConv2D', 'Dense']);
    expect(checkLayerPair(plugin, options).className).toBe('Dense');
    const few = { ...options, input: randomArray(6, [169, 7, 8, 3]) };
    expect(() => checkLayerPair(plugin, few)).toThrow(/169 rows .* patches of 168 numbers/);
  });

  test('a Dense takes the place of two', () => {
    const options = {
      first: rows('a', 5, 3),
      second: rows('b', 3, 2),
      input: randomArray(6, [12, 5]),
      teacher: (input: NdArray) =>
        multiplyRows(multiplyRows(input, randomArray(1, [5, 3])), randomArray(2, [3, 2])),
    };
    const layers = ['Dense', 'Dense'] as const;
    checkLayerPair(toDense(layers), options);
    for (const change of [
      { config: { activation: 'relu' } },
      { config: { units: 3, activation: 'relu' } },
      { config: { units: 2 } },
      { toWeights: ({ kernel }: SolvedWeights) => [kernel] },
      // No bias stands in the two layers, so that a solution has none to show.
      { toWeights: ({ kernel, bias }: SolvedWeights) => [kernel, { ...bias, data: new Float64Array(2) }] },
    ]) {
      expect(codeOf(() => checkLayerPair(toDense(layers, change), options))).toBe('CHECK_FAILED');
    }
  });

  test('a class of its own needs a student', () => {
    const own = planted(() => ({ className: 'SeparableThing' }));
    const student = ([kernel, bias]: readonly NdArray[], images: NdArray) =>
      convolve(images, kernel!, bias, depthwise);
    expect(checkLayerPair(own, { ...pair, student }).className).toBe('SeparableThing');
    const wrong = (_: readonly NdArray[], images: NdArray) => multiplyRows(images, randomArray(1, [3, 4]));
    expect(codeOf(() => checkLayerPair(own, { ...pair, student: wrong }))).toBe('CHECK_FAILED');
  });

  test('a class of its own reads every array that toWeights gives', () => {
    const student = ([kernel, bias]: readonly NdArray[], images: NdArray) =>
      convolve(images, kernel!, bias, depthwise);
    const surplus = planted(({ toWeights }) => ({
      className: 'SeparableThing',
      toWeights: (solved) => [...toWeights(solved), solved.bias],
    }));
    expect(() => checkLayerPair(surplus, { ...pair, student })).toThrow(/doesn't read weight 2 of the 3/);
    const missing = planted(({ toWeights }) => ({
      className: 'SeparableThing',
      toWeights: (solved) => toWeights(solved).slice(1),
    }));
    expect(codeOf(() => checkLayerPair(missing, { ...pair, student }))).toBe('CHECK_FAILED');
  });
});
