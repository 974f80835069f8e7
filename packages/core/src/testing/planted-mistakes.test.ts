import { expect, test } from 'vitest';
import type { NdArray } from '../array/nd-array.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type Lowering,
  type WeightedLayer,
} from '../plugin/layer-plugin.js';
import { mapElements } from '../reference/activations.js';
import { convolve } from '../reference/sliding-layers.js';
import { randomArray } from './check.js';
import { checkLayer } from './check-layer.js';

/**
 * A strided, dilated convolution whose window is padded by unequal amounts, none of them alike on two axes.
 */
const geometryOf = ({ inputShape, config }: LayerDescription): PatchGeometry =>
  patchGeometry({
    inputSize: inputShape.slice(0, -1).map(Number),
    kernelSize: config.kernelSize as number[],
    strides: config.strides as number[],
    dilationRate: config.dilationRate as number[],
    padding: config.pads as [number, number][],
  });

const conv = defineLayer({
  specVersion: 1,
  classNames: ['PaddedConv'],
  roles: { begins: true, inside: true, ends: true },
  lower: (layer) => ({ reads: 'window', geometry: geometryOf(layer) }),
  outputShape: (layer) => [...geometryOf(layer).outputSize, Number(layer.config.filters)],
  apply: (layer, input) => convolve(input, layer.weights[0]!, layer.weights[1], geometryOf(layer)),
} satisfies LayerPlugin);

const padded: WeightedLayer = {
  name: 'padded',
  className: 'PaddedConv',
  config: {
    kernelSize: [2, 2],
    strides: [2, 1],
    dilationRate: [1, 2],
    pads: [
      [0, 1],
      [2, 0],
    ],
    filters: 2,
  },
  inputShape: [5, 5, 2],
  weights: [randomArray(1, [2, 2, 2, 2]), randomArray(2, [2])],
};
const images = randomArray(3, [2, 5, 5, 2]);

/** The difference of two inputs, the second of which is one vector for all positions. */
const less = defineLayer({
  specVersion: 1,
  classNames: ['Less'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => [{ reads: 'element' }, { reads: 'everything' }],
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_, { shape, data }, second) => {
    const size = data.length / shape[0]!;
    const own = second!.data.length / shape[0]!;
    const value = (at: number) => second!.data[Math.floor(at / size) * own + (at % own)]!;
    return { shape, data: data.map((number, at) => number - value(at)) };
  },
} satisfies LayerPlugin);
const lessened: WeightedLayer = {
  name: 'less',
  className: 'Less',
  config: {},
  inputShape: [4, 3],
  otherInputShapes: [[3]],
  weights: [],
};
const pairOfInputs = { input: randomArray(4, [2, 4, 3]), otherInputs: [randomArray(5, [2, 3])] };

const swish = defineLayer({
  specVersion: 1,
  classNames: ['Swish'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_, input) => mapElements(input, (x) => x / (1 + Math.exp(-x))),
} satisfies LayerPlugin);
const swished: WeightedLayer = {
  name: 'swish',
  className: 'Swish',
  config: {},
  inputShape: [4, 3],
  weights: [],
};
const rows = randomArray(6, [2, 4, 3]);
const positive = mapElements(rows, (value) => 1 + Math.abs(value));

/** A dense layer over the channels, which may end a span, and is affine. */
const dense = defineLayer({
  ...swish,
  classNames: ['Mixing'],
  roles: { begins: true, inside: true, ends: true },
  apply: ({ weights: [kernel] }, { shape, data }) => ({
    shape,
    data: data.map((_value, at) => {
      const [row, column] = [at - (at % 3), at % 3];
      return [0, 1, 2].reduce((sum, from) => sum + data[row + from]! * kernel!.data[3 * from + column]!, 0);
    }),
  }),
  affine: ({ weights: [kernel] }) => ({
    steps: [{ kind: 'dense', kernel: kernel!, bias: new Float64Array(3) }],
    activation: 'linear',
  }),
} satisfies LayerPlugin);
const mixing: WeightedLayer = { ...swished, className: 'Mixing', weights: [randomArray(7, [3, 3])] };

const windowOf = (
  change: (given: PatchGeometry) => Partial<Parameters<typeof patchGeometry>[0]>,
): LayerPlugin => ({
  ...conv,
  lower: (layer) => {
    const geometry = geometryOf(layer);
    return { reads: 'window', geometry: patchGeometry({ ...geometry, ...change(geometry) }) };
  },
});
const reversed = <T>(list: readonly T[]): T[] => list.toReversed();
const lowers = (plugin: LayerPlugin, lower: (layer: WeightedLayer) => Lowering | readonly Lowering[]) => ({
  ...plugin,
  lower: lower as LayerPlugin['lower'],
});

test('the plugins pass before anything is planted', () => {
  checkLayer(conv, { layer: padded, input: images });
  checkLayer(less, { layer: lessened, ...pairOfInputs });
  checkLayer(swish, { layer: swished, input: rows });
  checkLayer(swish, { layer: swished, input: positive });
  checkLayer(dense, { layer: mixing, input: rows });
  checkLayer(dense, { layer: mixing, input: positive });
});

let calls = 0;
const buffer = new Float64Array(24);
const half = (x: number) => (x < 0 ? x / 2 : x);

const mistakes: [title: string, LayerPlugin, layer: WeightedLayer, data: object, reason: RegExp][] = [
  [
    'an output shape that is one short along the strided axis',
    { ...conv, outputShape: (layer) => [2, geometryOf(layer).outputSize[1]!, 2] },
    padded,
    { input: images },
    /a window over|declares an output/,
  ],
  [
    'strides of height and width swapped',
    windowOf(({ strides }) => ({ strides: reversed(strides) })),
    padded,
    { input: images },
    /window over/,
  ],
  [
    'a dilation of height and width swapped',
    windowOf(() => ({
      dilationRate: [2, 1],
      padding: [
        [1, 1],
        [1, 0],
      ],
    })),
    padded,
    { input: images },
    /which its lowering says it doesn't read|is ignored/,
  ],
  [
    'a dilation left out',
    windowOf(() => ({
      dilationRate: [1, 1],
      padding: [
        [0, 1],
        [1, 0],
      ],
    })),
    padded,
    { input: images },
    /doesn't read/,
  ],
  [
    'a padding whose sides are swapped',
    windowOf(({ padding }) => ({ padding: padding.map(([before, after]) => [after, before] as const) })),
    padded,
    { input: images },
    /doesn't read|is read, but/,
  ],
  [
    'a bias left out',
    { ...conv, apply: (layer, input) => convolve(input, layer.weights[0]!, undefined, geometryOf(layer)) },
    padded,
    { input: images },
    /whatever weight 1 of \[2\] holds/,
  ],
  [
    'a lowering by the weights, which findSpans has not',
    lowers(conv, (layer) => ({
      reads: 'window',
      geometry: patchGeometry({ ...geometryOf(layer), kernelSize: layer.weights[0]!.shape.slice(0, 2) }),
    })),
    padded,
    { input: images },
    /TypeError|its lower threw/,
  ],
  [
    'a lowering that answers otherwise the second time',
    lowers(conv, (layer) =>
      calls++ % 2 ? { reads: 'everything' } : { reads: 'window', geometry: geometryOf(layer) },
    ),
    padded,
    { input: images },
    /another answer for the same layer/,
  ],
  [
    'a config that is completed in place',
    lowers(conv, (layer) => {
      (layer.config as Record<string, unknown>).groups ??= 1;
      return { reads: 'window', geometry: geometryOf(layer) };
    }),
    { ...padded, config: { ...padded.config } },
    { input: images },
    /changed the layer's config/,
  ],
  [
    'a second input that is ignored',
    { ...less, apply: (_, input) => input },
    lessened,
    pairOfInputs,
    /no output changed with input position 0/,
  ],
  [
    'lowerings in the wrong order',
    lowers(less, () => [{ reads: 'everything' }, { reads: 'element' }]),
    lessened,
    pairOfInputs,
    /reads 'element', but/,
  ],
  [
    'one lowering for two inputs',
    lowers(less, () => ({ reads: 'element' })),
    lessened,
    pairOfInputs,
    /answered for 1 inputs, but the layer reads 2/,
  ],
  [
    'a second input mixed over the samples',
    {
      ...less,
      apply: (layer, input, second) =>
        less.apply(
          layer,
          input,
          mapElements(second!, () => second!.data[0]!),
        ),
    },
    lessened,
    pairOfInputs,
    /mixes samples/,
  ],
  [
    'one array that every call writes its output to',
    {
      ...swish,
      apply: (_, { shape, data }) => {
        data.forEach((x, at) => {
          buffer[at] = x + buffer[at]! / 2;
        });
        return { shape, data: buffer.subarray(0, data.length) };
      },
    },
    swished,
    { input: rows },
    /another output for the same input/,
  ],
  [
    'an output in float32',
    { ...swish, apply: (_, { shape, data }) => ({ shape, data: Float32Array.from(data) as never }) },
    swished,
    { input: rows },
    /a Float64Array was expected/,
  ],
  [
    'an output in a plain list',
    { ...swish, apply: (_, { shape, data }) => ({ shape, data: [...data] as never }) },
    swished,
    { input: rows },
    /a Float64Array was expected/,
  ],
  [
    'two outputs',
    { ...swish, apply: (_, input) => [input, input] },
    swished,
    { input: rows },
    /computes 2 outputs/,
  ],
  [
    'NaN for inputs above those given',
    { ...swish, apply: (_, input) => mapElements(input, (x) => (Math.abs(x) > 20 ? Number.NaN : x)) },
    swished,
    { input: rows },
    /NaN at inputs 30 times/,
  ],
  [
    'an end that is affine for positive inputs alone',
    {
      ...dense,
      affine: undefined as never,
      apply: (layer, input) => dense.apply(layer, mapElements(input, half)),
    },
    mixing,
    { input: positive },
    /isn't affine/,
  ],
  [
    'an affine form that holds for positive inputs alone',
    {
      ...dense,
      roles: { ...dense.roles, ends: false },
      apply: (layer, input) => dense.apply(layer, mapElements(input, half)),
    },
    mixing,
    { input: positive },
    /another output than its affine form/,
  ],
  [
    'an affine form with a limit that the layer has not',
    { ...dense, affine: (layer) => ({ ...dense.affine(layer), activation: 'relu' }) },
    mixing,
    { input: positive },
    /another output than its affine form/,
  ],
  [
    'an affine form that overflows',
    {
      ...dense,
      roles: { ...dense.roles, ends: false },
      apply: (layer, input) =>
        mapElements(dense.apply(layer, input), (x) => (Math.abs(x) > 1e4 ? Number.POSITIVE_INFINITY : x)),
    },
    mixing,
    { input: rows },
    /another output than its affine form/,
  ],
  [
    'a mask of other numbers than 0 and 1',
    {
      ...swish,
      makeMask: (_, [input]) => ({
        shape: [2, 4],
        data: Float64Array.from({ length: 8 }, (__, at) => input!.data[3 * at]!),
      }),
    },
    swished,
    { input: rows },
    /0 for a masked step and 1 for others/,
  ],
  [
    'a bias by the place in the batch',
    {
      ...swish,
      apply: (_, { shape, data }) => ({ shape, data: data.map((x, at) => x + Math.floor(at / 12)) }),
    },
    swished,
    { input: rows },
    /mixes samples/,
  ],
];

test.each(mistakes)('%s', (_title, plugin, layer, data, reason) => {
  expect(() => checkLayer(plugin, { layer, ...(data as { input: NdArray }) })).toThrow(
    expect.objectContaining({ code: 'CHECK_FAILED', message: expect.stringMatching(reason) as string }),
  );
});

test('a weight that inference does not read is named by the author', () => {
  const counted = { ...padded, weights: [...padded.weights, randomArray(9, [])] };
  expect(() => checkLayer(conv, { layer: counted, input: images })).toThrow(
    /whatever weight 2 of \[\] holds/,
  );
  checkLayer(conv, { layer: counted, input: images, unusedWeights: [2] });
});
