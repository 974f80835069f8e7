import { describe, expect, test } from 'vitest';
import { type NdArray, sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { defineLayer } from '../plugin/define-plugin.js';
import type { LayerDescription } from '../plugin/layer-description.js';
import type { LayerPlugin } from '../plugin/layer-plugin.js';
import { convolve } from '../reference/convolve.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { checkLayer } from './check-layer.js';
import { randomArray } from './random-array.js';

function geometryOf({ inputShape, config }: LayerDescription) {
  return patchGeometry({
    inputSize: inputShape.slice(0, -1).map((length) => length!),
    kernelSize: config.kernelSize as number[],
    padding: 'same',
  });
}

const conv = defineLayer({
  specVersion: 1,
  classNames: ['Conv1D', 'Conv2D'],
  roles: { begins: true, inside: true, ends: true },
  lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
  outputShape: (layer) => [...geometryOf(layer).outputSize, layer.config.filters as number],
  apply: (layer, input) => convolve(input, layer.weights[0]!, layer.weights[1], geometryOf(layer)),
} satisfies LayerPlugin);

const conv2d = {
  name: 'conv2d_1',
  className: 'Conv2D',
  config: { kernelSize: [3, 2], filters: 3 },
  inputShape: [4, 5, 2],
  weights: [randomArray(1, [3, 2, 2, 3]), randomArray(2, [3])],
};
const conv1d = {
  name: 'conv1d_1',
  className: 'Conv1D',
  config: { kernelSize: [3], filters: 3 },
  inputShape: [6, 2],
  weights: [randomArray(1, [3, 2, 3]), randomArray(2, [3])],
};
const images = randomArray(3, [2, 4, 5, 2]);

const scale = defineLayer({
  specVersion: 1,
  classNames: ['Scale'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map((length) => length!),
  apply: (_, { shape, data }) => ({ shape, data: data.map((value, index) => value * (1 + (index % 2))) }),
} satisfies LayerPlugin);
/** Sums up each sample. */
const total = defineLayer({
  ...scale,
  lower: () => ({ reads: 'everything' }),
  outputShape: () => [1],
  apply: (_, { shape, data }) => {
    const size = sizeOf(shape.slice(1));
    const sums = new Float64Array(shape[0]!);
    data.forEach((value, index) => {
      sums[Math.floor(index / size)]! += value;
    });
    return { shape: [shape[0]!, 1], data: sums };
  },
} satisfies LayerPlugin);
const scaling = { name: 'scale_1', className: 'Scale', config: {}, inputShape: [6, 2], weights: [] };
const sequences = randomArray(4, [3, 6, 2]);

describe('correct plugins pass', () => {
  test('a window of rank 2', () => checkLayer(conv, { layer: conv2d, input: images }));
  test('a window of rank 1', () => checkLayer(conv, { layer: conv1d, input: sequences }));
  test('an element', () => checkLayer(scale, { layer: scaling, input: sequences }));

  test('everything', () => checkLayer(total, { layer: scaling, input: sequences }));
});

/** The plugin with its output changed after the fact. */
const changed = (plugin: LayerPlugin, change: (output: NdArray, input: NdArray) => NdArray): LayerPlugin => ({
  ...plugin,
  apply: (layer, input) => change(plugin.apply(layer, input), input),
});

const movedBy = (before: number, after: number): LayerPlugin => ({
  ...conv,
  lower: (layer) => ({
    reads: 'window',
    geometry: patchGeometry({
      ...geometryOf(layer),
      padding: [
        [1, 1],
        [before, after],
      ],
    }),
  }),
});

const faults: [string, LayerPlugin][] = [
  ['declares another output shape', { ...conv, outputShape: () => [4, 5, 4] }],
  ['declares another order of axes', { ...conv, outputShape: () => [5, 4, 3] }],
  ['forgets the batch', changed(conv, (output) => ({ ...output, shape: output.shape.slice(1) }))],
  ['declares a window one position early', movedBy(1, 0)],
  ['declares a window one position late', movedBy(-1, 2)],
  [
    'declares a smaller kernel',
    {
      ...conv,
      lower: (layer) => ({ reads: 'window', geometry: { ...geometryOf(layer), kernelSize: [2, 2] } }),
    },
  ],
  [
    'declares a stride that it has not',
    { ...conv, lower: (layer) => ({ reads: 'window', geometry: { ...geometryOf(layer), strides: [2, 1] } }) },
  ],
  [
    'declares more windows than it has',
    {
      ...conv,
      lower: (layer) => ({ reads: 'window', geometry: { ...geometryOf(layer), outputSize: [5, 5] } }),
    },
  ],
  [
    'declares windows over another input',
    {
      ...conv,
      lower: (layer) => ({ reads: 'window', geometry: { ...geometryOf(layer), inputSize: [9, 5] } }),
    },
  ],
  ['declares an element where it reads a window', { ...conv, lower: () => ({ reads: 'element' }) }],
  [
    'mixes samples',
    changed(conv, (output) => ({
      ...output,
      data: output.data.map((value, index) => value + (output.data[index % (output.data.length / 2)] ?? 0)),
    })),
  ],
  [
    'changes its input',
    changed(conv, (output, input) => {
      input.data[7] = 0;
      return output;
    }),
  ],
  [
    'gives NaN',
    changed(conv, (output) => ({
      ...output,
      data: output.data.map((value) => (value > 1 ? Number.NaN : value)),
    })),
  ],
  ['is for another class', { ...conv, classNames: ['Conv3D'] }],
];

test.each(faults)('a plugin that %s fails', (_, plugin) => {
  const input = { ...images, data: images.data.slice() };
  expect(codeOf(() => checkLayer(plugin, { layer: conv2d, input }))).toBe('CHECK_FAILED');
});

const everywhereFaults: [string, LayerPlugin][] = [
  [
    'mixes samples',
    changed(total, ({ shape, data }) => ({ shape, data: data.map((value) => value - data[0]!) })),
  ],
  [
    'changes its input once it has read it',
    changed(total, (output, input) => {
      input.data[0] = 0;
      return output;
    }),
  ],
];

test.each(everywhereFaults)('a plugin that reads everything and %s fails', (_, plugin) => {
  const input = { ...sequences, data: sequences.data.slice() };
  expect(codeOf(() => checkLayer(plugin, { layer: scaling, input }))).toBe('CHECK_FAILED');
});
