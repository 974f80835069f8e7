import { describe, expect, test } from 'vitest';
import type { NetworkBuilder } from '../testing-support/network-builder.test-support.js';
import { simplified } from '../testing-support/simplified.test-support.js';

type Border = readonly [number, number];

function padded(
  [height, width]: readonly [number, number],
  padding: readonly [Border, Border],
  window: Record<string, unknown>,
  className = 'Conv2D',
) {
  return simplified((b: NetworkBuilder) => {
    const x = b.add('ZeroPadding2D', { padding }, b.add('Opaque', {}, b.input(height, width, 3)), 'pad');
    return b.add(
      'Opaque',
      {},
      b.add(className, { filters: 2, padding: 'valid', ...window }, x, 'conv'),
      'end',
    );
  });
}

const after = [0, 1] as const;
const around = [1, 1] as const;
const two = { kernelSize: [3, 3], strides: [2, 2] };

describe('padding goes into the convolution after it', () => {
  test.each(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'])(
    '%s of MobileNet, on even lengths',
    (className) => {
      const { rules, left, network } = padded([6, 8], [after, after], two, className);
      expect(rules).toEqual(['padding-into-after']);
      expect(left).toEqual(['opaque1 Opaque', `conv ${className}`, 'end Opaque']);
      expect(network.nodes.find(({ name }) => name === 'conv')!.layer.config.padding).toBe('same');
      expect(network.nodes.find(({ name }) => name === 'conv')!.origins).toEqual(['pad', 'conv']);
    },
  );

  test.each<[string, readonly [number, number], readonly [Border, Border], Record<string, unknown>]>([
    ['half a kernel around', [5, 6], [around, around], { kernelSize: [3, 3] }],
    [
      'half a kernel with holes around',
      [5, 6],
      [
        [2, 2],
        [1, 2],
      ],
      { kernelSize: [3, 4], dilationRate: [2, 1] },
    ],
    ['steps of 2 on odd lengths, all around', [5, 7], [around, around], two],
    ['an axis that needs none', [6, 6], [after, [0, 0]], { kernelSize: [3, 2], strides: [2, 2] }],
    ['more than any window reads', [6, 6], [[0, 2], after], { kernelSize: [3, 3], strides: [3, 2] }],
  ])('%s', (_what, size, padding, window) => {
    const holds = padded(size, padding, window).rules;
    // 'same' on 6 in steps of 3 pads nothing: 2 more rows make no further window of 3.
    expect(holds).toEqual(['padding-into-after']);
  });

  test.each<[string, readonly [number, number], readonly [Border, Border], Record<string, unknown>]>([
    ['steps of 2 on even lengths, all around', [6, 6], [around, around], two],
    ['steps of 2 on odd lengths, after alone', [5, 5], [after, after], two],
    ['more than half a kernel', [6, 6], [[2, 2], around], { kernelSize: [3, 3] }],
    [
      'before alone',
      [6, 6],
      [
        [1, 0],
        [1, 0],
      ],
      { kernelSize: [2, 2] },
    ],
    ["what is 'same' already", [6, 6], [after, after], { ...two, padding: 'same' }],
  ])('but not %s', (_what, size, padding, window) => {
    expect(padded(size, padding, window).rules).toEqual([]);
  });

  test('but not where something else reads it', () => {
    const { rules } = simplified((b) => {
      const x = b.add('ZeroPadding2D', { padding: [after, after] }, b.add('Opaque', {}, b.input(6, 6, 3)));
      const conv = b.add('Conv2D', { filters: 3, padding: 'valid', ...two }, x);
      return [b.add('Opaque', {}, conv), b.add('Opaque', {}, x)];
    });
    expect(rules).toEqual([]);
  });
});
