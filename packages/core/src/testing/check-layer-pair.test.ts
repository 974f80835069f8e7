import { describe, expect, test } from 'vitest';
import { multiplyRows } from '../array/matrix.js';
import { type NdArray, reshape } from '../array/nd-array.js';
import { composeGeometry } from '../geometry/compose-geometry.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import { defineLayerPair } from '../plugin/define-plugin.js';
import type { FusedLayer, LayerPairPlugin, PairMember, SolvedWeights } from '../plugin/layer-pair-plugin.js';
import { convolve, depthwiseConvolve } from '../reference/convolve.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { checkLayerPair } from './check-layer-pair.js';
import { randomArray } from './random-array.js';

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
  ['names other layers', { ...depthwisePointwise, layers: ['Conv2D', 'Conv2D'] }],
  ['fuses into a class that nobody knows', planted(() => ({ className: 'LocallyConnected2D' }))],
];

test.each(faults)('a plugin that %s fails', (_, plugin) => {
  expect(codeOf(() => checkLayerPair(plugin, pair))).toBe('CHECK_FAILED');
});

test('a teacher that is not linear fails', () => {
  const bent = (images: NdArray): NdArray => {
    const { shape, data } = teacher(images);
    return { shape, data: data.map((value) => Math.max(0, value)) };
  };
  expect(codeOf(() => checkLayerPair(depthwisePointwise, { ...pair, teacher: bent }))).toBe('CHECK_FAILED');
});

describe('other fused layers', () => {
  const whole = planted(() => ({
    className: 'Dense',
    geometry: null,
    toWeights: ({ kernel, bias }) => [kernel, bias],
  }));
  const many = randomArray(6, [200, 7, 8, 3]);
  const flat = (images: NdArray): NdArray => {
    const output = teacher(images);
    return reshape(output, [images.shape[0]!, output.data.length / images.shape[0]!]);
  };

  test('a Dense reads its whole input', () => {
    expect(checkLayerPair(whole, { ...pair, input: many, teacher: flat }).className).toBe('Dense');
  });

  test('a class of its own needs a student', () => {
    const own = planted(() => ({ className: 'SeparableThing' }));
    const student = ([kernel, bias]: readonly NdArray[], images: NdArray) =>
      convolve(images, kernel!, bias, depthwise);
    expect(checkLayerPair(own, { ...pair, student }).className).toBe('SeparableThing');
    const wrong = (_: readonly NdArray[], images: NdArray) => multiplyRows(images, randomArray(1, [3, 4]));
    expect(codeOf(() => checkLayerPair(own, { ...pair, student: wrong }))).toBe('CHECK_FAILED');
  });
});
