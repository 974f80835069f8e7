import { describe, expect, test } from 'vitest';
import { type NdArray, ndArray, sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { applyLayer } from '../network/interpret.js';
import type { AffineForm } from '../plugin/affine-form.js';
import { defineLayer, type LayerDescription, type LayerPlugin } from '../plugin/layer-plugin.js';
import { activate, mapElements } from '../reference/activations.js';
import { convolve } from '../reference/sliding-layers.js';
import { codeOf } from '../testing-support/properties.test-support.js';
import { randomArray } from './check.js';
import { checkLayer } from './check-layer.js';

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
const scaleForm = (...scales: number[]): AffineForm => ({
  steps: [{ kind: 'channels', scale: Float64Array.from(scales), shift: new Float64Array(scales.length) }],
  activation: 'linear',
});
const scaling = { name: 'scale_1', className: 'Scale', config: {}, inputShape: [6, 2], weights: [] };
const sequences = randomArray(4, [3, 6, 2]);

describe('correct plugins pass', () => {
  test('a window of rank 2', () => checkLayer(conv, { layer: conv2d, input: images }));
  test('a window of rank 1', () => checkLayer(conv, { layer: conv1d, input: sequences }));
  test('an element', () => checkLayer(scale, { layer: scaling, input: sequences }));

  test('an affine form', () => {
    const input = ndArray([2, 6, 2], sequences.data.subarray(0, 24));
    checkLayer({ ...scale, affine: () => scaleForm(1, 2) }, { layer: scaling, input });
    checkLayer({ ...scale, affine: () => null }, { layer: scaling, input });
    const wrong = { ...scale, affine: () => scaleForm(1, 1.999) };
    expect(codeOf(() => checkLayer(wrong, { layer: scaling, input }))).toBe('CHECK_FAILED');
    expect(() => checkLayer(wrong, { layer: scaling, input })).toThrow(/another output than its affine form/);
  });

  test('an affine form at the inputs given alone', () => {
    const clipped = changed(scale, (output) => mapElements(output, (value) => Math.min(value, 500)));
    const plugin = { ...clipped, affine: () => scaleForm(1, 2) };
    expect(() => checkLayer(plugin, { layer: scaling, input: sequences })).toThrow(
      /another output than its affine form: at inputs 1000 times/,
    );
  });

  test('a mask of steps', () => {
    const ones = (steps: number) => ndArray([3, steps], new Float64Array(3 * steps).fill(1));
    const options = { layer: scaling, input: sequences };
    checkLayer({ ...scale, makeMask: () => ones(6) }, options);
    expect(() => checkLayer({ ...scale, makeMask: () => ones(2) }, options)).toThrow(/mask of \[3, 2\]/);
  });
  test('everything', () => checkLayer(total, { layer: scaling, input: sequences }));
});

/** The plugin with its output changed after the fact. */
const changed = (plugin: LayerPlugin, change: (output: NdArray, input: NdArray) => NdArray): LayerPlugin => ({
  ...plugin,
  apply: (layer, input) => change(applyLayer(plugin, layer, [input])[0]!, input),
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

const wider = (
  padding: readonly [[number, number], [number, number]],
  kernelSize: number[],
): LayerPlugin => ({
  ...conv,
  lower: (layer) => ({
    reads: 'window',
    geometry: patchGeometry({ ...geometryOf(layer), kernelSize, padding }),
  }),
});

const relu = ({ shape, data }: NdArray): NdArray => ({
  shape,
  data: data.map((value) => Math.max(0, value)),
});

const clipped = ({ shape, data }: NdArray, limit: number): NdArray => ({
  shape,
  data: data.map((value) => Math.max(-limit, Math.min(limit, value))),
});

let calls = 0;

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
  ['has no roles', { ...conv, roles: undefined as never }],
  ['has no role to end', { ...conv, roles: { begins: true, inside: true } as never }],
  ['has no lower', { ...conv, lower: undefined as never }],
  ['has no outputShape', { ...conv, outputShape: undefined as never }],
  ['has no apply', { ...conv, apply: undefined as never }],
  ['is of another version', { ...conv, specVersion: 2 as never }],
  ['lowers to nothing', { ...conv, lower: () => undefined as never }],
  ['gives no output', { ...conv, apply: () => undefined as never }],
  [
    'throws',
    {
      ...conv,
      apply: () => {
        throw new TypeError('oops');
      },
    },
  ],
  [
    'refuses the layer',
    {
      ...conv,
      lower: (layer) => ({
        reads: 'window',
        geometry: patchGeometry({ ...geometryOf(layer), padding: 'Same' as never }),
      }),
    },
  ],
  [
    'declares a wider window than it reads',
    wider(
      [
        [1, 1],
        [1, 1],
      ],
      [3, 3],
    ),
  ],
  [
    'declares a wider window that starts earlier',
    wider(
      [
        [2, 1],
        [0, 1],
      ],
      [4, 2],
    ),
  ],
  ['says that it may end a span with an activation inside', changed(conv, relu)],
  ['says that it may end a span and saturates far off', changed(conv, (output) => clipped(output, 1e5))],
  [
    'says that it may end a span and drops what is small',
    {
      ...conv,
      apply: (layer, input) =>
        conv.apply(layer, { ...input, data: input.data.map((x) => (Math.abs(x) < 1e-3 ? 0 : x)) }),
    },
  ],
  [
    'says that it may end a span and drops inputs below 1e-6',
    {
      ...conv,
      apply: (layer, input) =>
        conv.apply(
          layer,
          mapElements(input, (x) => (Math.abs(x) < 1e-6 ? 0 : x)),
        ),
    },
  ],
  [
    'says that it may end a span and drops outputs below 1e-4',
    changed(conv, (output) => mapElements(output, (value) => (Math.abs(value) < 1e-4 ? 0 : value))),
  ],
  [
    'says that it may end a span with a bias of each position',
    changed(conv, ({ shape, data }) => ({
      shape,
      data: data.map((value, index) => value + 0.01 * (index % 60)),
    })),
  ],
  [
    'says that it may end a span with a bias of its own at the last position',
    changed(conv, ({ shape, data }) => ({
      shape,
      data: data.map((value, index) => (index % 60 === 59 ? value + 0.01 : value)),
    })),
  ],
  [
    'says that it may end a span and scales what it reads in the second row',
    {
      ...conv,
      apply: (layer, { shape, data }) =>
        conv.apply(layer, {
          shape,
          data: data.map((x, index) => (Math.floor((index % 40) / 10) === 1 ? 1.1 * x : x)),
        }),
    },
  ],
  [
    'gives 0 at one output position',
    {
      ...changed(conv, ({ shape, data }) => ({
        shape,
        data: data.map((value, index) => (Math.floor((index % 60) / 3) === 7 ? 0 : value)),
      })),
      roles: { begins: true, inside: true, ends: false },
    },
  ],
  [
    'doubles what it reads where that is large',
    {
      ...conv,
      apply(layer, input) {
        const loud = input.data.some((value) => Math.abs(value) > 100);
        return conv.apply(layer, { ...input, data: input.data.map((value) => (loud ? 2 * value : value)) });
      },
    },
  ],
  [
    'reads beside its window where the input is large',
    {
      ...conv,
      apply(layer, input) {
        const { shape, data } = conv.apply(layer, input);
        const [first = 0] = input.data;
        return { shape, data: data.map((value) => value + (Math.abs(first) > 500 ? first : 0)) };
      },
    },
  ],
  [
    'gives something else each time',
    changed(conv, (output) => {
      const call = calls++;
      return { ...output, data: output.data.map((value) => value + call) };
    }),
  ],
  [
    'changes its weights',
    {
      ...conv,
      apply(layer, input) {
        const output = conv.apply(layer, input);
        layer.weights[0]!.data[0]! += 0;
        layer.weights[1]!.data[0]! *= 1 + 1e-9;
        return output;
      },
    },
  ],
  [
    'mixes samples with the one after',
    {
      ...conv,
      apply(layer, input) {
        const { shape, data } = conv.apply(layer, input);
        const last = input.data.at(-1)!;
        return { shape, data: data.map((value, index) => (index === 0 ? value + last : value)) };
      },
    },
  ],
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
  const weights = conv2d.weights.map(({ shape, data }) => ({ shape, data: data.slice() }));
  expect(codeOf(() => checkLayer(plugin, { layer: { ...conv2d, weights }, input }))).toBe('CHECK_FAILED');
});

describe('a layer with an activation', () => {
  const activated = (name: string) => ({ ...conv2d, config: { ...conv2d.config, activation: name } });
  const honest: LayerPlugin = {
    ...conv,
    apply: (layer, input) => activate(conv.apply(layer, input), layer.config.activation as string),
  };

  test.each(['relu', 'softmax', 'hardSigmoid'])('%s passes where its config decides', (name) => {
    checkLayer(honest, { layer: activated(name), input: images });
  });

  test.each([
    ['leaves it out', conv],
    [
      'has another',
      { ...conv, apply: (layer, input) => activate(applyLayer(honest, layer, [input])[0]!, 'tanh') },
    ],
    [
      'drops small outputs before it',
      {
        ...conv,
        apply: (layer, input) => {
          const before = conv.apply(layer, input);
          if (layer.config.activation === 'linear') return before;
          return mapElements(before, (value) => (value < 1e-4 ? 0 : value));
        },
      },
    ],
    ['has it always', { ...conv, apply: (layer, input) => relu(conv.apply(layer, input)) }],
  ] as [string, LayerPlugin][])('fails where apply %s', (_title, plugin) => {
    const check = () => checkLayer(plugin, { layer: activated('relu'), input: images });
    expect(codeOf(check)).toBe('CHECK_FAILED');
  });
});

describe("a layer of elements, or a window as large as one, that says 'everything'", () => {
  const everything: LayerPlugin = { ...scale, lower: () => ({ reads: 'everything' }) };

  test('fails where it keeps positions apart', () => {
    expect(() => checkLayer(everything, { layer: scaling, input: sequences })).toThrow(
      /its lowering reads 'everything', but each output position .* that is 'element'/,
    );
  });

  test('passes on rows, which have one position', () => {
    checkLayer(everything, { layer: { ...scaling, inputShape: [12] }, input: randomArray(4, [3, 12]) });
  });

  test('passes where positions mix and are kept', () => {
    const mixing = changed(everything, ({ shape, data }) => {
      const half = data.length / shape[0]!;
      return { shape, data: data.map((value, index) => value + data[Math.floor(index / half) * half]!) };
    });
    checkLayer(mixing, { layer: scaling, input: sequences });
  });
});

describe('a layer of elements', () => {
  /** The plugin with its output at some numbers of a sample, of which there are 12, changed. */
  const at = (changes: (place: number) => boolean, change: (value: number) => number): LayerPlugin =>
    changed(scale, ({ shape, data }) => ({
      shape,
      data: data.map((value, index) => (changes(index % 12) ? change(value) : value)),
    }));

  test.each<[string, LayerPlugin]>([
    [
      'sets its first position to 0',
      at(
        (place) => place < 2,
        () => 0,
      ),
    ],
    [
      'sets its last position to 0',
      at(
        (place) => place > 9,
        () => 0,
      ),
    ],
    [
      'sets every other position to a number',
      at(
        (place) => place % 4 < 2,
        () => 0.5,
      ),
    ],
  ])('fails where it %s', (_title, plugin) => {
    expect(() => checkLayer(plugin, { layer: scaling, input: sequences })).toThrow(
      /output position \d reads its input, but .* that position is ignored/,
    );
  });

  test('passes with a function of each position, as PReLU has one', () => {
    const own = at(
      (place) => place < 4,
      (value) => Math.max(0, value),
    );
    checkLayer(own, { layer: scaling, input: sequences });
  });

  test.each([1e-4, 1e-7])('fails where its affine form has no threshold of %s', (threshold) => {
    const dead = at(
      () => true,
      (value) => (Math.abs(value) < threshold ? 0 : value),
    );
    const plugin = { ...dead, affine: () => scaleForm(1, 2) };
    const input = ndArray(
      [2, 6, 2],
      Float64Array.from({ length: 24 }, (_, index) => 1 + index / 24),
    );
    expect(() => checkLayer(plugin, { layer: scaling, input })).toThrow(
      /another output than its affine form/,
    );
  });

  const ending = { ...scale, roles: { begins: false, inside: true, ends: true } };
  test.each<[string, RegExp, LayerPlugin]>([
    [
      'an offset of each position',
      /its bias depends on the position/,
      at(
        (place) => place === 7,
        (v) => v + 1,
      ),
    ],
    [
      'a scale of each position',
      /its kernel depends on the position/,
      at(
        (place) => place === 7,
        (v) => 3 * v,
      ),
    ],
  ])('fails where it may end a span with %s', (_title, reason, { apply }) => {
    checkLayer(ending, { layer: scaling, input: sequences });
    const plugin = { ...ending, apply: apply! };
    expect(() => checkLayer(plugin, { layer: scaling, input: sequences })).toThrow(reason);
  });
});

test.each([
  ['one sample', randomArray(1, [1, 6, 2])],
  ['another shape', randomArray(1, [2, 5, 2])],
  ['fewer numbers than its shape has', { shape: [2, 6, 2], data: new Float64Array(3) }],
])('an input of %s proves nothing, and fails', (_title, input) => {
  expect(() => checkLayer(scale, { layer: scaling, input })).toThrow(/\[2 or more, 6,2\] were expected/);
});

test('what a plugin throws is the cause', () => {
  const cause = new TypeError('oops');
  const throwing: LayerPlugin = {
    ...scale,
    apply: () => {
      throw cause;
    },
  };
  try {
    checkLayer(throwing, { layer: scaling, input: sequences });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'CHECK_FAILED', cause });
  }
});

const everywhereFaults: [string, LayerPlugin][] = [
  [
    'leaves out its last position',
    {
      ...total,
      apply: (layer, { shape, data }) =>
        total.apply(layer, { shape, data: data.map((value, index) => (index % 12 < 10 ? value : 0)) }),
    },
  ],
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
