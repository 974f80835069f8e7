import { describe, expect, test } from 'vitest';
import type { Built, NetworkBuilder } from '../testing-support/network-builder.test-support.js';
import { simplified } from '../testing-support/simplified.test-support.js';

const conv = { filters: 3, kernelSize: [3, 3], strides: [1, 1], padding: 'same' };
const point = { ...conv, kernelSize: [1, 1] };

/** Branches of one image, between layers that nothing is folded into. */
function summed(branches: (b: NetworkBuilder, x: Built) => readonly Built[], shape: number[] = [6, 5, 3]) {
  return simplified((b) => {
    const x = b.add('Opaque', {}, b.input(...shape), 'start');
    return b.add('Opaque', {}, b.add('Add', {}, branches(b, x), 'sum'), 'end');
  });
}

describe('parallel affine layers become one', () => {
  test.each<[string, (b: NetworkBuilder, x: Built) => readonly Built[], string]>([
    ['a residual around a convolution', (b, x) => [x, b.add('Conv2D', conv, x, 'conv')], 'Conv2D'],
    [
      'RepVGG: 3x3, 1x1 and a batch norm',
      (b, x) => {
        const norm = (each: Built) => b.add('BatchNormalization', {}, each);
        return [norm(b.add('Conv2D', conv, x, 'conv')), norm(b.add('Conv2D', point, x)), norm(x)];
      },
      'Conv2D',
    ],
    [
      'depthwise ones',
      (b, x) => [b.add('DepthwiseConv2D', conv, x, 'conv'), b.add('DepthwiseConv2D', point, x), x],
      'DepthwiseConv2D',
    ],
    [
      'a matrix and a convolution',
      (b, x) => [b.add('Conv2D', conv, x, 'conv'), b.add('Dense', { units: 3 }, x)],
      'Conv2D',
    ],
    [
      'holes, and the middle',
      (b, x) => [b.add('Conv2D', { ...conv, dilationRate: [2, 2] }, x, 'conv'), b.add('Conv2D', point, x)],
      'Conv2D',
    ],
    [
      'one window within another',
      (b, x) => [b.add('Conv2D', conv, x, 'conv'), b.add('Conv2D', { ...conv, kernelSize: [1, 3] }, x)],
      'Conv2D',
    ],
    [
      'steps of 2, which start elsewhere on even and odd lengths',
      (b, x) => [
        b.add('Conv2D', { ...conv, strides: [2, 2] }, x, 'conv'),
        b.add('Conv2D', { ...point, strides: [2, 2] }, x),
      ],
      'Conv2D',
    ],
  ])('%s', (_what, branches, className) => {
    const { rules, left } = summed(branches);
    expect(rules.at(-1)).toBe('parallel-sum');
    expect(left).toEqual(['start Opaque', `conv ${className}`, 'end Opaque']);
  });

  test('matrices, and scales', () => {
    const dense = summed(
      (b, x) => [x, b.add('Dense', { units: 3 }, x, 'dense'), b.add('Gain', { gains: [1, 2, 3] }, x)],
      [3],
    );
    expect(dense.left).toEqual(['start Opaque', 'dense Dense', 'end Opaque']);
    const scales = summed((b, x) => [x, b.add('BatchNormalization', {}, x, 'norm')]);
    expect(scales.left).toEqual(['start Opaque', 'norm BatchNormalization', 'end Opaque']);
  });

  test('some of the branches, in the place of the first', () => {
    const { rules, left } = summed((b, x) => [
      b.add('Conv2D', conv, x, 'one'),
      b.add('Conv2D', { ...conv, activation: 'relu' }, x, 'other'),
      b.add('Conv2D', conv, x, 'two'),
    ]);
    expect(rules).toEqual(['parallel-sum']);
    expect(left).toEqual(['start Opaque', 'one Conv2D', 'other Conv2D relu', 'sum Add', 'end Opaque']);
  });

  test('an output keeps its name, and the activation after the sum goes into it', () => {
    const { left, network } = simplified((b) => {
      const x = b.add('Opaque', {}, b.input(6, 6, 3), 'start');
      return b.add('ReLU', {}, b.add('Add', {}, [b.add('Conv2D', conv, x, 'conv'), x], 'sum'), 'relu');
    });
    expect(left).toEqual(['start Opaque', 'relu Conv2D relu']);
    expect(network.nodes.at(-1)!.origins).toEqual(['conv', 'sum', 'relu']);
  });

  test.each<[string, (b: NetworkBuilder, x: Built) => readonly Built[]]>([
    ['with an activation', (b, x) => [x, b.add('Conv2D', { ...conv, activation: 'relu' }, x)]],
    [
      'of several tensors',
      (b, x) => [b.add('Conv2D', conv, x), b.add('Conv2D', conv, b.add('LeakyReLU', {}, x))],
    ],
    [
      'where windows lie apart',
      (b, x) => [
        b.add('Conv2D', { ...conv, kernelSize: [1, 3] }, x),
        b.add('Conv2D', { ...conv, kernelSize: [3, 1] }, x),
      ],
    ],
    [
      'where one would be more work: depthwise and full',
      (b, x) => {
        const wide = b.add(
          'Concatenate',
          {},
          Array.from({ length: 6 }, () => x),
        );
        const options = { ...conv, filters: 18, useBias: false };
        return [
          b.add('DepthwiseConv2D', { ...options, kernelSize: [5, 5] }, wide),
          b.add('Conv2D', { ...options, kernelSize: [1, 1] }, wide),
        ];
      },
    ],
    ['without a layer among them', (_b, x) => [x, x]],
  ])('but not %s', (_what, branches) => {
    expect(summed(branches).rules).toEqual([]);
  });

  test('branches that are spread over another, among themselves', () => {
    const { rules, network } = simplified((b) => {
      const x = b.add('Opaque', {}, b.input(1, 1, 3));
      const wide = b.add('Opaque', {}, b.add('UpSampling2D', { size: [2, 2] }, x));
      const dense = (name: string) => b.add('Dense', { units: 3 }, x, name);
      return b.add('Opaque', {}, b.add('Add', {}, [wide, dense('one'), dense('two')]));
    });
    expect(rules).toEqual(['parallel-sum']);
    expect(network.nodes.find(({ name }) => name === 'one')!.outputs[0]!.shape).toEqual([1, 1, 3]);
    const channels = summed(
      (b, x) => [b.add('Dense', { units: 3 }, x), b.add('Dense', { units: 1 }, x), x],
      [4, 1],
    );
    expect(channels.rules).toEqual(['parallel-sum']);
    expect(channels.left).toContain('sum Add');
  });
});
