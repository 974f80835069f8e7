import { describe, expect, test } from 'vitest';
import type { Built, NetworkBuilder } from '../testing-support/network-builder.test-support.js';
import { simplified } from '../testing-support/simplified.test-support.js';
import { combined } from './merge.js';

const image = ({ input }: NetworkBuilder) => input(6, 6, 3);
const conv = { filters: 4, kernelSize: [3, 3], strides: [1, 1], padding: 'same' };
const valid = { ...conv, padding: 'valid' };
const bare = { ...conv, useBias: false };
const norm = { epsilon: 0.01 };

describe('a scale and a shift go into the layer before', () => {
  test.each<[string, (b: NetworkBuilder, x: Built) => Built]>([
    ['Conv2D', (b, x) => b.add('Conv2D', bare, x, 'it')],
    ['Conv2D with a bias', (b, x) => b.add('Conv2D', conv, x, 'it')],
    ['DepthwiseConv2D', (b, x) => b.add('DepthwiseConv2D', { ...bare, depthMultiplier: 2 }, x, 'it')],
    ['SeparableConv2D', (b, x) => b.add('SeparableConv2D', { ...bare, dilationRate: [2, 2] }, x, 'it')],
    ['Conv2DTranspose', (b, x) => b.add('Conv2DTranspose', { ...conv, strides: [2, 2] }, x, 'it')],
    ['Dense', (b, x) => b.add('Dense', { units: 5, useBias: false }, x, 'it')],
  ])('%s', (_class, layer) => {
    const { rules, left } = simplified((b) => {
      const before = b.add('Opaque', {}, image(b), 'opaque');
      return b.add('Opaque', {}, b.add('BatchNormalization', norm, layer(b, before)), 'end');
    });
    expect(rules).toEqual(['scale-into-before']);
    expect(left).toEqual(['opaque Opaque', expect.stringMatching(/^it /), 'end Opaque']);
  });

  test('a whole block is one layer under the name of the first, an output keeps its own', () => {
    const block = (b: NetworkBuilder, x: Built, name: string) => {
      const normed = b.add('BatchNormalization', norm, b.add('Conv2D', bare, x, name), `${name}_bn`);
      return b.add('ReLU', { maxValue: 6 }, normed, `${name}_relu`);
    };
    const { rules, left, network } = simplified((b) => block(b, block(b, image(b), 'one'), 'two'));
    expect(rules.sort()).toEqual([
      'activation-into-before',
      'activation-into-before',
      'scale-into-before',
      'scale-into-before',
    ]);
    expect(left).toEqual(['one Conv2D relu6', 'two_relu Conv2D relu6']);
    expect(network.nodes.at(-1)!.layer.name).toBe('two_relu');
    expect(network.nodes.map(({ origins }) => origins)).toEqual([
      ['input0'],
      ['one', 'one_bn', 'one_relu'],
      ['two', 'two_bn', 'two_relu'],
    ]);
  });

  test('rewritten weights are float64 and say what trains', () => {
    const { network } = simplified((b) =>
      b.add('BatchNormalization', norm, b.add('Conv2D', bare, image(b), 'conv'), 'bn'),
    );
    const { layer } = network.nodes.at(-1)!;
    expect(layer.weights.map(({ name, shape, trainable }) => [name, shape, trainable])).toEqual([
      ['kernel', [3, 3, 3, 4], true],
      ['bias', [4], true],
    ]);
    expect(layer.weights.every(({ data }) => data instanceof Float64Array)).toBe(true);
    expect(layer.config).toEqual({
      name: 'bn',
      trainable: true,
      filters: 4,
      kernelSize: [3, 3],
      strides: [1, 1],
      padding: 'same',
      dataFormat: 'channelsLast',
      dilationRate: [1, 1],
      activation: 'linear',
      useBias: true,
    });
  });

  test.each<[string, (b: NetworkBuilder, x: Built) => Built]>([
    ['an average', (b, x) => b.add('AveragePooling2D', { poolSize: [2, 2], padding: 'same' }, x)],
    ['a global average', (b, x) => b.add('GlobalAveragePooling2D', {}, x)],
    ['an enlargement', (b, x) => b.add('UpSampling2D', { size: [2, 1] }, x)],
    ['a crop', (b, x) => b.add('Cropping2D', { cropping: 1 }, x)],
  ])('past %s', (_what, between) => {
    const { rules } = simplified((b) => {
      const x = between(b, b.add('Conv2D', bare, b.add('Opaque', {}, image(b))));
      return b.add('Opaque', {}, b.add('BatchNormalization', norm, x));
    });
    expect(rules).toEqual(['scale-into-before']);
  });

  test.each<[string, (b: NetworkBuilder) => Built | readonly Built[]]>([
    [
      'an activation',
      (b) => {
        const x = b.add('Conv2D', { ...conv, activation: 'relu' }, image(b));
        return b.add('BatchNormalization', norm, x);
      },
    ],
    [
      'another reader',
      (b) => {
        const x = b.add('Conv2D', conv, image(b));
        return b.add('Multiply', {}, [x, b.add('BatchNormalization', norm, x)]);
      },
    ],
    [
      'an output',
      (b) => {
        const x = b.add('Conv2D', conv, image(b));
        return [x, b.add('BatchNormalization', norm, x)];
      },
    ],
    [
      'shared weights, however few',
      (b) => {
        const first = b.add('Dense', { units: 2 }, b.input(2));
        const second = b.again(first, b.add('Opaque', {}, first));
        return b.add('BatchNormalization', norm, second);
      },
    ],
    [
      'a maximum, where a scale is negative',
      (b) => {
        const x = b.add('Conv2D', conv, b.add('Opaque', {}, image(b)));
        return b.add('Gain', { gains: [1, 1, -1, 1] }, b.add('MaxPooling2D', { poolSize: [2, 2] }, x));
      },
    ],
    [
      'padding, where a shift is not 0',
      (b) => {
        const x = b.add('Conv2D', conv, b.add('Opaque', {}, image(b)));
        return b.add('BatchNormalization', norm, b.add('ZeroPadding2D', { padding: 1 }, x));
      },
    ],
  ])('but not past %s', (_what, draw) => expect(simplified(draw).rules).toEqual([]));

  test('past a maximum where no scale is negative, and past padding where no shift is', () => {
    const gains = { gains: [1, 2, 0, 0.5] };
    for (const [className, config] of [
      ['MaxPooling2D', { poolSize: [2, 2] }],
      ['ZeroPadding2D', { padding: 1 }],
    ] as const) {
      const { rules } = simplified((b) => {
        const x = b.add(className, config, b.add('Conv2D', conv, b.add('Opaque', {}, image(b))));
        return b.add('Gain', gains, x);
      });
      expect(rules).toEqual(['scale-into-before']);
    }
  });
});

describe('a scale and a shift go into the layers after', () => {
  test.each<[string, (b: NetworkBuilder, x: Built) => Built]>([
    ['Conv2D', (b, x) => b.add('Conv2D', valid, x)],
    [
      'Conv2D of one position',
      (b, x) => b.add('Conv2D', { ...conv, kernelSize: [1, 1], strides: [2, 2] }, x),
    ],
    [
      "Conv2D that 'same' pads by nothing",
      (b, x) => b.add('Conv2D', { ...conv, kernelSize: [2, 3], strides: [2, 3] }, x),
    ],
    ['DepthwiseConv2D', (b, x) => b.add('DepthwiseConv2D', { ...valid, depthMultiplier: 2 }, x)],
    ['SeparableConv2D', (b, x) => b.add('SeparableConv2D', { ...valid, useBias: false }, x)],
    ['Dense', (b, x) => b.add('Dense', { units: 3 }, x)],
    ['Dense behind Flatten', (b, x) => b.add('Dense', { units: 3 }, b.add('Flatten', {}, x))],
    [
      'Dense behind an average',
      (b, x) => b.add('Dense', { units: 3 }, b.add('GlobalAveragePooling2D', {}, x)),
    ],
  ])('%s', (_class, layer) => {
    for (const scaling of ['Rescaling', 'BatchNormalization']) {
      const { rules, left } = simplified((b) =>
        b.add('Opaque', {}, layer(b, b.add(scaling, { scale: 1 / 127.5, offset: -1 }, image(b)))),
      );
      expect(rules).toEqual(['scale-into-after']);
      expect(left.some((node) => node.includes(scaling))).toBe(false);
    }
  });

  test('all of several readers take it', () => {
    const { rules } = simplified((b) => {
      const x = b.add('Rescaling', { scale: 2, offset: 1 }, image(b));
      const branches = [b.add('Conv2D', valid, x), b.add('Conv2D', { ...valid, activation: 'relu' }, x)];
      return b.add('Concatenate', {}, branches);
    });
    expect(rules).toEqual(['scale-into-after']);
  });

  test('a scale alone goes into what pads', () => {
    const gains = { gains: [2, -1, 0.5] };
    const draw = (className: string) => (b: NetworkBuilder) =>
      b.add('Opaque', {}, b.add(className, conv, b.add('Gain', gains, image(b))));
    expect(simplified(draw('Conv2D')).rules).toEqual(['scale-into-after']);
    expect(simplified(draw('Conv2DTranspose')).rules).toEqual(['scale-into-after']);
  });

  test('a shift that brings numbers far from zero near it stays', () => {
    const rulesAt = (offset: number) =>
      simplified((b) => {
        const scaled = b.add('Rescaling', { scale: 1, offset }, b.input(5));
        return b.add('Dense', { units: 3, activation: 'relu' }, scaled);
      }).rules;
    expect(rulesAt(-100)).toEqual(['scale-into-after']);
    expect(rulesAt(-2000)).toEqual([]);
  });

  test.each<[string, (b: NetworkBuilder) => Built | readonly Built[]]>([
    [
      "a shift into 'same'",
      (b) => b.add('Conv2D', conv, b.add('Rescaling', { scale: 1, offset: -1 }, image(b))),
    ],
    [
      'a shift into a transposed convolution',
      (b) => b.add('Conv2DTranspose', valid, b.add('Rescaling', { scale: 1, offset: -1 }, image(b))),
    ],
    [
      'where one reader cannot take it',
      (b) => {
        const x = b.add('Rescaling', { scale: 2, offset: 1 }, image(b));
        return b.add(
          'Concatenate',
          {},
          [b.add('Conv2D', valid, x), b.add('Conv2D', conv, x)].map((each) =>
            b.add('GlobalMaxPooling2D', {}, each),
          ),
        );
      },
    ],
    [
      'where it is an output',
      (b) => {
        const x = b.add('Rescaling', { scale: 2, offset: 1 }, image(b));
        return [x, b.add('Conv2D', valid, x)];
      },
    ],
    [
      'of a network that normalizes before its activations',
      (b) => {
        const relu = (x: Built) => b.add('ReLU', {}, b.add('BatchNormalization', norm, x));
        const first = b.add('Opaque', {}, image(b));
        return b.add('Conv2D', valid, relu(first));
      },
    ],
  ])('but not %s', (_what, draw) => expect(simplified(draw).rules).toEqual([]));
});

describe('an activation goes into the layer before', () => {
  test.each([
    ['Activation', { activation: 'swish' }, 'swish'],
    ['ReLU', {}, 'relu'],
    ['ReLU', { maxValue: 6 }, 'relu6'],
    ['ELU', {}, 'elu'],
    ['Softmax', { axis: -1 }, 'softmax'],
  ])('%s %j', (className, config, activation) => {
    const { rules, left } = simplified((b) =>
      b.add('Opaque', {}, b.add(className, config, b.add('Conv2D', conv, image(b), 'conv')), 'end'),
    );
    expect(rules).toEqual(['activation-into-before']);
    expect(left).toEqual([`conv Conv2D ${activation}`, 'end Opaque']);
  });

  test('past a maximum, padding and what only moves, if it passes them', () => {
    const past = (className: string, config: object, activation: string) =>
      simplified((b) => {
        const x = b.add(className, { ...config }, b.add('Conv2D', conv, image(b)), 'between');
        return b.add('Activation', { activation }, x, 'end');
      });
    expect(past('MaxPooling2D', { poolSize: [2, 2] }, 'relu').left).toEqual([
      'conv2d1 Conv2D relu',
      'end MaxPooling2D',
    ]);
    expect(past('MaxPooling2D', { poolSize: [2, 2] }, 'swish').rules).toEqual([]);
    expect(past('ZeroPadding2D', { padding: 1 }, 'relu').rules).toEqual(['activation-into-before']);
    expect(past('ZeroPadding2D', { padding: 1 }, 'sigmoid').rules).toEqual([]);
    expect(past('Flatten', {}, 'swish').rules).toEqual(['activation-into-before']);
    expect(past('Flatten', {}, 'softmax').rules).toEqual([]);
    expect(past('AveragePooling2D', { poolSize: [2, 2] }, 'relu').rules).toEqual([]);
  });

  test.each([
    ['ReLU', { maxValue: 1 }],
    ['LeakyReLU', { alpha: 0.1 }],
    ['PReLU', {}],
  ])('but not %s %j, which no config names', (className, config) => {
    expect(simplified((b) => b.add(className, config, b.add('Conv2D', conv, image(b)))).rules).toEqual([]);
  });

  test('two in a row are one where one does the same', () => {
    expect(combined('relu', 'relu6')).toBe('relu6');
    expect(combined('sigmoid', 'relu')).toBe('sigmoid');
    expect(combined('softmax', 'relu6')).toBe('softmax');
    expect(combined('tanh', 'relu')).toBeNull();
    expect(combined('softplus', 'relu6')).toBeNull();
    const { left } = simplified((b) => {
      const x = b.add('Conv2D', { ...conv, activation: 'relu' }, image(b), 'conv');
      return b.add('Opaque', {}, b.add('ReLU', { maxValue: 6 }, x), 'end');
    });
    expect(left).toEqual(['conv Conv2D relu6', 'end Opaque']);
  });
});

describe('two affine layers become one', () => {
  test.each<[string, (b: NetworkBuilder, x: Built) => Built]>([
    [
      'matrices with a wide layer between',
      (b, x) => b.add('Dense', { units: 3 }, b.add('Dense', { units: 40 }, b.add('Flatten', {}, x))),
    ],
    [
      'a convolution, then one of one position',
      (b, x) =>
        b.add('Conv2D', { ...conv, kernelSize: [1, 1] }, b.add('Conv2D', { ...conv, filters: 16 }, x)),
    ],
    [
      'one of one position without a bias, then one that pads',
      (b, x) => b.add('Conv2D', conv, b.add('Conv2D', { ...bare, kernelSize: [1, 1], filters: 16 }, x)),
    ],
    [
      'windows of which the second pads nothing',
      (b, x) =>
        b.add(
          'Conv2D',
          { ...valid, kernelSize: [2, 1] },
          b.add('Conv2D', { ...valid, filters: 24, kernelSize: [2, 2], strides: [2, 1] }, x),
        ),
    ],
    [
      'depthwise ones',
      (b, x) =>
        b.add(
          'DepthwiseConv2D',
          { kernelSize: [1, 2] },
          b.add('DepthwiseConv2D', { kernelSize: [1, 2], strides: [2, 2] }, x),
        ),
    ],
    [
      'a convolution with holes, then a matrix',
      (b, x) =>
        b.add('Dense', { units: 2 }, b.add('Conv2D', { ...conv, dilationRate: [2, 2], filters: 16 }, x)),
    ],
  ])('%s', (_what, layers) => {
    const { rules } = simplified((b) => b.add('Opaque', {}, layers(b, b.add('Opaque', {}, image(b)))));
    expect(rules).toEqual(['affine-pair']);
  });

  test.each<[string, (b: NetworkBuilder, x: Built) => Built]>([
    [
      'where the second pads what the first shifts',
      (b, x) => b.add('Conv2D', conv, b.add('Conv2D', { ...conv, kernelSize: [1, 1], filters: 16 }, x)),
    ],
    ['where both pad', (b, x) => b.add('Conv2D', conv, b.add('Conv2D', { ...bare, filters: 40 }, x))],
    [
      'where one is more work: a narrow layer between',
      (b, x) => b.add('Dense', { units: 20 }, b.add('Dense', { units: 2 }, x)),
    ],
    [
      'where one is more work: depthwise, then one position',
      (b, x) => b.add('Conv2D', { ...conv, kernelSize: [1, 1] }, b.add('DepthwiseConv2D', conv, x)),
    ],
    [
      'with an activation between',
      (b, x) => b.add('Dense', { units: 3 }, b.add('Dense', { units: 40, activation: 'relu' }, x)),
    ],
  ])('but not %s', (_what, layers) => {
    const { rules } = simplified((b) => b.add('Opaque', {}, layers(b, b.add('Opaque', {}, image(b)))));
    expect(rules).toEqual([]);
  });
});
