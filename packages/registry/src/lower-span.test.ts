import { composeGeometry, defineLayer, type LayerDescription, ndArray, patchGeometry } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from './builtin-layers.js';
import { createRegistry } from './create-registry.js';
import { lowerSpan } from './lower-span.js';
import { describeRun, type Step } from './testing-support/describe-run.test-support.js';
import { refusalOf } from './testing-support/refusal-of.test-support.js';

const registry = createRegistry({ layers: builtinLayers });
const run = (inputShape: readonly number[], ...steps: Step[]) => describeRun(registry, inputShape, ...steps);
const lower = (inputShape: readonly number[], ...steps: Step[]) =>
  lowerSpan(registry, run(inputShape, ...steps));
const conv = (filters: number, kernelSize: number, more: object = {}): Step => [
  'Conv2D',
  { filters, kernelSize, ...more },
];

describe('a dense layer takes the place of', () => {
  test('two dense layers, keeping the activation of the last', () => {
    const span = lower(
      [4],
      ['Dense', { units: 3, activation: 'relu' }],
      ['Dense', { units: 2, activation: 'softmax' }],
    );
    expect(span.fused).toMatchObject({
      className: 'Dense',
      config: { units: 2, useBias: true, activation: 'softmax' },
      geometry: null,
    });
    expect(span).toMatchObject({ receptiveField: null, centered: true, plugin: undefined });
    const solved = { kernel: randomArray(1, [4, 2]), bias: randomArray(2, [2]) };
    expect(span.fused.toWeights(solved)).toEqual([solved.kernel, solved.bias]);
  });

  test('a convolution, flatten and dense, whatever kernelSize says', () => {
    const layers = run(
      [6, 6, 1],
      conv(2, 3),
      ['MaxPooling2D', { poolSize: 2 }],
      ['Flatten'],
      ['Dense', { units: 5 }],
    );
    for (const kernelSize of [undefined, 3, [99, 99]]) {
      const { fused, receptiveField } = lowerSpan(registry, layers, kernelSize);
      expect(fused).toMatchObject({ className: 'Dense', config: { units: 5 }, geometry: null });
      expect(receptiveField).toBeNull();
    }
  });

  test('a convolution, global average pooling and dense', () => {
    const span = lower([6, 6, 2], conv(3, 3), ['GlobalAveragePooling2D'], ['Dense', { units: 4 }]);
    expect(span.fused).toMatchObject({ className: 'Dense', config: { units: 4 }, geometry: null });
  });

  test.each([
    ['rank 3', [5, 4]],
    ['rank 4', [2, 3, 4]],
  ])('two dense layers on input of %s, position by position', (_rank, inputShape) => {
    const span = lower(
      inputShape,
      ['Dense', { units: 3 }],
      ['Dropout', { rate: 0.5 }],
      ['Dense', { units: 2 }],
    );
    const spatial = inputShape.slice(0, -1);
    expect(span.fused).toMatchObject({ className: 'Dense', config: { units: 2 } });
    expect(span.fused.config).not.toHaveProperty('kernelSize');
    expect(span.fused.geometry).toEqual(
      patchGeometry({ inputSize: spatial, kernelSize: spatial.map(() => 1) }),
    );
    expect(span.receptiveField).toBeNull();
  });
});

describe('a convolution takes the place of', () => {
  test('convolution, pooling and convolution: one window over all three', () => {
    const span = lower(
      [12, 12, 2],
      conv(3, 3, { padding: 'same', activation: 'relu' }),
      ['BatchNormalization'],
      ['MaxPooling2D', { poolSize: 2 }],
      conv(4, 3, { activation: 'tanh' }),
    );
    // K = 3 + 1 (2 - 1), then + 2 (3 - 1); one position of padding before, none of the pooling.
    expect(span.fused.geometry).toMatchObject({ kernelSize: [8, 8], strides: [2, 2], outputSize: [4, 4] });
    expect(span.fused.geometry?.padding.map(([before]) => before)).toEqual([1, 1]);
    expect(span.fused).toMatchObject({
      className: 'Conv2D',
      config: {
        filters: 4,
        kernelSize: [8, 8],
        strides: [2, 2],
        dilationRate: [1, 1],
        activation: 'tanh',
        useBias: true,
      },
    });
    expect(span.receptiveField).toEqual([8, 8]);
    expect(span.layers.map(({ className }) => className)).toEqual([
      'Conv2D',
      'BatchNormalization',
      'MaxPooling2D',
      'Conv2D',
    ]);
  });

  test('two 1-D convolutions; the kernel is reshaped, not reordered', () => {
    const span = lower(
      [9, 2],
      ['Conv1D', { filters: 3, kernelSize: 3 }],
      ['Conv1D', { filters: 4, kernelSize: 2 }],
    );
    expect(span.fused).toMatchObject({ className: 'Conv1D', config: { filters: 4, kernelSize: [4] } });
    const solved = { kernel: randomArray(1, [8, 4]), bias: randomArray(2, [4]) };
    const [kernel, bias] = span.fused.toWeights(solved);
    expect(kernel).toEqual(ndArray([4, 2, 4], solved.kernel.data));
    expect(bias).toEqual(solved.bias);
  });

  test('zero padding and a valid convolution: the same window as explicit padding', () => {
    const padding = [
      [1, 2],
      [0, 3],
    ] as const;
    const span = lower([7, 7, 2], conv(2, 1), ['ZeroPadding2D', { padding }], conv(3, 3, { strides: 2 }));
    const explicit = patchGeometry({ inputSize: [7, 7], kernelSize: [3, 3], strides: [2, 2], padding });
    expect(span.fused.geometry).toEqual(explicit);
  });

  test('a dense layer among convolutions: it is 1-wide', () => {
    const span = lower(
      [5, 5, 2],
      conv(3, 3),
      ['Dense', { units: 4 }],
      ['SeparableConv2D', { filters: 2, kernelSize: 2 }],
    );
    expect(span.fused).toMatchObject({ className: 'Conv2D', config: { filters: 2, kernelSize: [4, 4] } });
  });

  test('one layer alone', () => {
    const span = lower([5, 5, 2], ['DepthwiseConv2D', { kernelSize: 3, depthMultiplier: 2 }]);
    expect(span.fused).toMatchObject({ className: 'Conv2D', config: { filters: 4, kernelSize: [3, 3] } });
  });
});

describe('kernelSize', () => {
  const layers = run([10, 10, 2], conv(3, 3, { padding: 'same' }), conv(4, 3, { padding: 'same' }));
  const whole = composeGeometry(
    patchGeometry({ inputSize: [10, 10], kernelSize: [3, 3], padding: 'same' }),
    patchGeometry({ inputSize: [10, 10], kernelSize: [3, 3], padding: 'same' }),
  );

  test('the receptive field itself changes nothing', () => {
    for (const kernelSize of [undefined, 5, [5, 5]]) {
      const span = lowerSpan(registry, layers, kernelSize);
      expect(span.fused.geometry).toEqual(whole);
      expect(span).toMatchObject({ receptiveField: [5, 5], centered: true });
    }
  });

  test('a smaller one stands in the middle, and config and weights follow', () => {
    const span = lowerSpan(registry, layers, 3);
    expect(span).toMatchObject({ receptiveField: [5, 5], centered: true });
    expect(span.fused.geometry).toMatchObject({
      kernelSize: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
    });
    expect(span.fused.config).toMatchObject({ kernelSize: [3, 3], filters: 4 });
    const weights = span.fused.toWeights({ kernel: randomArray(1, [18, 4]), bias: randomArray(2, [4]) });
    expect(weights[0]?.shape).toEqual([3, 3, 2, 4]);
  });

  test('an even one has no exact middle in an odd field', () => {
    const span = lowerSpan(registry, layers, [4, 3]);
    expect(span.centered).toBe(false);
    expect(span.fused.geometry).toMatchObject({
      kernelSize: [4, 3],
      padding: [
        [2, 1],
        [1, 1],
      ],
    });
  });

  test.each([[7], [[5, 6]]])('%j exceeds the receptive field', (kernelSize) => {
    expect(refusalOf(() => lowerSpan(registry, layers, kernelSize))?.code).toBe('KERNEL_TOO_LARGE');
  });

  test.each([[0], [2.5], [[3]]])('%j is no kernel size here', (kernelSize) => {
    expect(refusalOf(() => lowerSpan(registry, layers, kernelSize))?.code).toBe('ARGUMENT_INVALID');
  });
});

describe('a layer may not stand where it has no part', () => {
  const pooling: Step = ['MaxPooling2D', { poolSize: 2 }];
  test.each([
    ['pooling first', run([6, 6, 2], pooling, conv(2, 2)), '0_MaxPooling2D', 'begin'],
    ['flatten last', run([6, 6, 2], conv(2, 2), ['Flatten']), '1_Flatten', 'end'],
    ['pooling last', run([6, 6, 2], conv(2, 2), pooling), '1_MaxPooling2D', 'end'],
    ['pooling alone', run([6, 6, 2], pooling), '0_MaxPooling2D', 'begin'],
  ])('%s', (_title, layers: LayerDescription[], layerName, place) => {
    const refusal = refusalOf(() => lowerSpan(registry, layers));
    expect(refusal).toMatchObject({ code: 'SPAN_ILLEGAL', layerName });
    expect(refusal?.message).toContain(layerName);
    expect(refusal?.message).toContain(place);
  });

  test('inside, when its plugin says so', () => {
    const dense = registry.plugin('Dense')!;
    const ending = { ...dense, classNames: ['Ending'], roles: { begins: true, inside: false, ends: true } };
    const own = createRegistry({ layers: [ending, ...builtinLayers] });
    const step: Step = ['Ending', { units: 3 }];
    expect(lowerSpan(own, describeRun(own, [4], step, step)).fused.className).toBe('Dense');
    const refusal = refusalOf(() => lowerSpan(own, describeRun(own, [4], step, step, step)));
    expect(refusal).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: '1_Ending' });
    expect(refusal?.message).toContain('stand inside');
  });

  describe('a layer that reads everything and keeps positions', () => {
    const mixing = defineLayer({
      specVersion: 1,
      classNames: ['Mixing'],
      roles: { begins: false, inside: true, ends: false },
      lower: () => ({ reads: 'everything' }),
      outputShape: ({ inputShape }) => inputShape.map(Number),
      apply: (_layer, input) => input,
    });
    const own = createRegistry({ layers: [mixing, ...builtinLayers] });

    test.each([
      ['a convolution', [conv(2, 3), ['Mixing'], conv(3, 1)]],
      ['a dense layer at each position', [conv(2, 3), ['Mixing'], ['Dense', { units: 3 }]]],
    ] as [string, Step[]][])('cannot stand before %s: no dense layer has the shape', (_title, steps) => {
      const refusal = refusalOf(() => lowerSpan(own, describeRun(own, [6, 6, 2], ...steps)));
      expect(refusal).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: '1_Mixing' });
      expect(refusal?.message).toMatch(/gives \[4,4,3\], and a dense layer/);
    });

    test('may stand before a flatten and a dense layer', () => {
      const layers = describeRun(
        own,
        [6, 6, 2],
        conv(2, 3),
        ['Mixing'],
        ['Flatten'],
        ['Dense', { units: 3 }],
      );
      expect(lowerSpan(own, layers).fused).toMatchObject({ className: 'Dense', geometry: null });
    });
  });

  test('a class of the name Dense that slides becomes a convolution', () => {
    const sliding = { ...registry.plugin('Conv2D')!, classNames: ['Dense'] };
    const own = createRegistry({ layers: [sliding, ...builtinLayers] });
    const layers = describeRun(own, [6, 6, 2], ['Dense', { filters: 3, kernelSize: 3 }]);
    expect(lowerSpan(own, layers).fused).toMatchObject({
      className: 'Conv2D',
      config: { kernelSize: [3, 3] },
    });
  });

  test('no layer at all', () => {
    expect(refusalOf(() => lowerSpan(registry, []))?.code).toBe('SPAN_ILLEGAL');
  });

  test('elements alone, of plugins that may begin and end', () => {
    const relu = registry.plugin('ReLU')!;
    const mixing = { ...relu, classNames: ['Mixing'], roles: { begins: true, inside: true, ends: true } };
    const own = createRegistry({ layers: [mixing] });
    const refusal = refusalOf(() => lowerSpan(own, describeRun(own, [4], ['Mixing'], ['Mixing'])));
    expect(refusal).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: '1_Mixing' });
  });
});

describe('branches', () => {
  const described = (
    name: string,
    [className, config = {}]: Step,
    reads: readonly number[],
    shapes: readonly (readonly number[])[],
  ) => {
    const [inputShape, ...otherInputShapes] = shapes;
    const layer = { name, className, config: { ...config }, inputShape: inputShape! };
    return { ...layer, ...(otherInputShapes.length > 0 && { otherInputShapes }), reads };
  };
  const image = [8, 8, 3];

  test('have the union of their windows', () => {
    const span = lowerSpan(registry, [
      described('wide', conv(3, 5, { padding: 'same' }), [-1], [image]),
      described('tall', conv(3, 1, { kernelSize: [7, 1], padding: 'same' }), [-1], [image]),
      described('next', conv(3, 3, { padding: 'same' }), [0], [image]),
      described('sum', ['Add'], [1, 2, -1], [image, image, image]),
    ]);
    expect(span.receptiveField).toEqual([7, 7]);
    expect(span.fused).toMatchObject({ className: 'Conv2D', config: { filters: 3, activation: 'linear' } });
    expect(span.fused.geometry).toEqual(
      patchGeometry({ inputSize: [8, 8], kernelSize: [7, 7], padding: 'same' }),
    );
  });

  test('are refused where their steps differ', () => {
    const strided = conv(3, 2, { strides: 2, padding: 'same' });
    const refusal = refusalOf(() =>
      lowerSpan(registry, [
        described('steps', strided, [-1], [image]),
        described('crop', ['Cropping2D', { cropping: 2 }], [-1], [image]),
        described(
          'sum',
          ['Add'],
          [0, 1],
          [
            [4, 4, 3],
            [4, 4, 3],
          ],
        ),
      ]),
    );
    expect(refusal).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: 'sum' });
    expect(refusal?.message).toContain('by [2,2] and by [1,1]');
  });

  test('may begin with a layer that mixes nothing, beside one that does', () => {
    const span = lowerSpan(registry, [
      described('norm', ['BatchNormalization'], [-1], [image]),
      described('conv', conv(2, 3, { padding: 'same' }), [0], [image]),
      described('join', ['Concatenate', { axis: -1 }], [-1, 1], [image, [8, 8, 2]]),
    ]);
    expect(span.fused).toMatchObject({ className: 'Conv2D', config: { filters: 5, kernelSize: [3, 3] } });
  });

  test('of dense layers on plain rows read all of them', () => {
    const span = lowerSpan(registry, [
      described('dense', ['Dense', { units: 4 }], [-1], [[4]]),
      described('sum', ['Add'], [0, -1], [[4], [4]]),
    ]);
    expect(span.fused).toMatchObject({ className: 'Dense', config: { units: 4 }, geometry: null });
  });

  test('that read everything leave the window of those beside them, and give no positions alone', () => {
    const gate = described('gate', ['Multiply'], [0, 2], [image, [1, 1, 3]]);
    const layers = [
      described('conv', conv(3, 3, { padding: 'same' }), [-1], [image]),
      described('pool', ['GlobalAveragePooling2D'], [0], [image]),
      described('shape', ['Reshape', { targetShape: [1, 1, 3] }], [1], [[3]]),
      gate,
      described('end', conv(2, 1), [3], [image]),
    ];
    expect(lowerSpan(registry, layers).receptiveField).toEqual([3, 3]);
    const alone = [...layers.slice(0, 3), described('end', conv(2, 1), [2], [[1, 1, 3]])];
    expect(refusalOf(() => lowerSpan(registry, alone))?.message).toContain('reads all positions');
  });
});
