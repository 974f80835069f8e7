import { describe, expect, test } from 'vitest';
import { simplify } from '../simplify.js';
import {
  allPlugins,
  type Built,
  type NetworkBuilder,
  networkBuilder,
} from '../testing-support/network-builder.test-support.js';
import { simplified } from '../testing-support/simplified.test-support.js';

const image = ({ input }: NetworkBuilder) => input(6, 6, 3);

describe('what gives its input back is dropped', () => {
  test.each([
    ['Dropout', { rate: 0.5 }],
    ['SpatialDropout1D', { rate: 0.5 }],
    ['AlphaDropout', { rate: 0.5 }],
    ['GaussianDropout', { rate: 0.5 }],
    ['GaussianNoise', { stddev: 1 }],
    ['Activation', { activation: 'linear' }],
    ['Reshape', { targetShape: [6, 6, 3] }],
    ['ZeroPadding2D', { padding: 0 }],
    [
      'Cropping2D',
      {
        cropping: [
          [0, 0],
          [0, 0],
        ],
      },
    ],
    ['UpSampling2D', { size: [1, 1] }],
    ['AveragePooling2D', { poolSize: [1, 1] }],
    ['MaxPooling2D', { poolSize: [1, 1], strides: [1, 1], padding: 'same' }],
    ['Rescaling', { scale: 1, offset: 0 }],
    ['Gain', { gains: [1, 1, 1] }],
    ['Add', {}],
    ['Concatenate', {}],
  ])('%s %j', (className, config) => {
    const { rules, left } = simplified((b) => {
      const x = b.add(className, config, b.add('Opaque', {}, image(b), 'before'));
      return b.add('LeakyReLU', {}, x, 'after');
    });
    expect(rules).toEqual(['identity']);
    expect(left).toEqual(['before Opaque', 'after LeakyReLU']);
  });

  test.each([
    ['Activation', { activation: 'relu' }],
    ['Reshape', { targetShape: [6, 18] }],
    ['AveragePooling2D', { poolSize: [1, 1], strides: [2, 2] }],
    ['Flatten', {}],
    ['Rescaling', { scale: 1, offset: 1e-9 }],
  ])('but not %s %j', (className, config) => {
    const { rules } = simplified((b) => b.add('Opaque', {}, b.add(className, config, image(b))));
    expect(rules).toEqual([]);
  });

  test('an output keeps its name, and stays where no layer can take it on', () => {
    const { left } = simplified((b) => b.add('Dropout', {}, b.add('Opaque', {}, image(b)), 'out'));
    expect(left).toEqual(['out Opaque']);
    const kept: ((b: NetworkBuilder) => Built | readonly Built[])[] = [
      (b) => b.add('Dropout', {}, image(b)),
      (b) => {
        const x = b.add('Opaque', {}, image(b));
        return [x, b.add('Dropout', {}, x)];
      },
      (b) => {
        const x = b.add('Opaque', {}, image(b));
        return [b.add('LeakyReLU', {}, x), b.add('Dropout', {}, x)];
      },
    ];
    for (const draw of kept) expect(simplified(draw).rules).toEqual([]);
  });

  test('an output stays where it is one of several that a layer makes', () => {
    const builder = networkBuilder(1);
    const { network } = builder.build(
      builder.add('Dropout', {}, builder.add('Opaque', {}, image(builder), 'states'), 'out'),
    );
    const several = network.nodes.map((node) => {
      if (node.name === 'states') return { ...node, outputs: [...node.outputs, ...node.outputs] };
      return node.name === 'out' ? { ...node, inputs: [{ node: 'states', output: 1 }] } : node;
    });
    expect(simplify({ ...network, nodes: several }, { plugins: allPlugins }).applied).toEqual([]);
  });

  test('what only training needs is named', () => {
    const { trainingWarnings } = simplified((b) =>
      b.add(
        'Opaque',
        {},
        b.add('Dropout', {}, b.add('Activation', { activation: 'linear' }, image(b)), 'drop'),
      ),
    );
    expect(trainingWarnings).toEqual([expect.stringMatching(/^The layers "drop" only act in training/)]);
  });
});

describe('what is computed twice is computed once', () => {
  test('shared weights on one tensor, and layers without weights of one config', () => {
    const { rules, left } = simplified((b) => {
      const x = image(b);
      const conv = b.add('Conv2D', { filters: 2, kernelSize: [3, 3] }, x, 'conv');
      const twice = [conv, b.again(conv, x)].map((each) => b.add('MaxPooling2D', { poolSize: [2, 2] }, each));
      return b.add('Multiply', {}, twice, 'product');
    });
    expect(rules).toEqual(['repeated', 'repeated']);
    expect(left).toEqual(['conv Conv2D', expect.stringContaining('MaxPooling2D'), 'product Multiply']);
  });

  test('but not other weights, tensors or configs', () => {
    const { rules } = simplified((b) => {
      const x = image(b);
      const conv = { filters: 2, kernelSize: [3, 3], activation: 'relu' };
      const pools = [
        [2, 2],
        [2, 1],
      ].map((poolSize) => b.add('MaxPooling2D', { poolSize }, x));
      const all = [b.add('Conv2D', conv, x), b.add('Conv2D', conv, x), ...pools];
      return all.map((each) => b.add('Opaque', {}, each));
    });
    expect(rules).toEqual([]);
  });
});

test('what no output depends on is dropped, but for inputs', () => {
  const { rules, left, network } = simplified((b) => {
    const x = image(b);
    b.input(3);
    b.add('Opaque', {}, b.add('Opaque', {}, x));
    return b.add('Opaque', {}, x, 'out');
  });
  expect(rules).toEqual(['unread']);
  expect(left).toEqual(['out Opaque']);
  expect(network.inputs).toEqual(['input0', 'input1']);
});
